-- Back to 0017: a roadmap moves as the program says.
drop trigger guard_roadmap on roadmaps;
drop function app.refuse_move();
