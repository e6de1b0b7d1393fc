"""Who sits where: hierarchy, communities, cells, the tree of officers, walls between cells."""
