-- From here on a proof may name its row's entity by one byte: earlier versions, which cannot read that, refuse these tables
-- (docs/decisions/0095).
comment on column change.proof is 'packed: StoredProof; it may name the row''s entity';
