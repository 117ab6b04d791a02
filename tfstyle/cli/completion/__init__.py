"""What bash and zsh complete: every command's flags as data, and a script of it for each shell."""
