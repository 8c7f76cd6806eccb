"""The store of files: a local folder, or what speaks S3."""
