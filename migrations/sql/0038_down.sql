-- Back to 0034: the audit trail is lost with its anchors' meaning.

drop table audit_entries, audit_heads;
drop function app.guard_audit, app.prepare_audit, app.retire_audit;
