"""The machine: files, memory, processor, devices and the packages that only some of tfstyle needs."""
