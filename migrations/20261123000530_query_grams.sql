-- What a word is looked up by. Owner: internal/organization.

-- +goose Up
-- +goose StatementBegin
-- Pairs alone when the word has any: single characters add nothing to them but
-- long lists to intersect.
create function query_grams(t text) returns text[] language sql immutable strict parallel safe as
$$
  select coalesce(array_agg(distinct substr(k, i, n)), '{}')
  from public.search_key(t) k, least(length(k), 2) n, generate_series(1, length(k) - n + 1) i
  where length(k) > 0
$$;
-- +goose StatementEnd

-- +goose Down
drop function query_grams(text);
