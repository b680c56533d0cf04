"""How is a public service rated? 好差评: satisfaction, bad ratings and how they were settled."""
