"""Django and Django REST framework on psycopg."""
