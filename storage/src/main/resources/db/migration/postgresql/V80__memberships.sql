-- Where a principal has a grant (a new device asks for all scopes of its principal), and what names a principal.
create index entity_grant on entity (entity, scope_id) where model = 'grant';
create index credential_principal on credential (principal, kind);
