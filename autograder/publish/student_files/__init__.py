"""What goes into a student's folder as it is. The modules are copied into its `checks/kit/`."""
