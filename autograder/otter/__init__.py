"""What goes into the files for otter: its cases, and the plugin that grades behind the wall."""
