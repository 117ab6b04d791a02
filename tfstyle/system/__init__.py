"""The machine: files, memory, processor, devices, and packages that come with extras."""
