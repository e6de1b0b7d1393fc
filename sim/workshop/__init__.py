"""The data of the workshop page: runs recorded, cached, compared and put into codes."""
