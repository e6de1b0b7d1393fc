"""Who knows whom, how well, and for what: ties, directories, and standing in a community."""
