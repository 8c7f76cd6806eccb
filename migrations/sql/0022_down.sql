-- Second factors are lost: an account that had one is asked for its password alone.

drop table second_factors;
