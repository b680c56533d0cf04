"""How sure are we? Resampling, designs and intervals on plain arrays."""
