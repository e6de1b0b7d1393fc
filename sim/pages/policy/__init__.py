"""The policy map on paper and on the page: its picture, its sentences, its data."""
