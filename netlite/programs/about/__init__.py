"""What `netlite` says about the programs, and how they get where a shell looks for them."""
