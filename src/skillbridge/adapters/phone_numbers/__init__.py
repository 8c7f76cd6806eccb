"""Numbers of phones, by Google's libphonenumber."""
