"""Mail: by SMTP, or into a folder where there is nobody to send it."""
