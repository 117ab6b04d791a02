"""From file to file: inputs, outputs, records and what an interrupted run goes on from."""
