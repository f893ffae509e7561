"""What `beancoop doctor` looks at: the program, the machine, the files, the books; a small function for each."""
