"""What only this report says: its studies, and the source reports that they are compared with."""
