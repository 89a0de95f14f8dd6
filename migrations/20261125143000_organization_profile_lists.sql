-- Lists narrowed by how far organizations reach and by their size: a rare value is
-- found by its index, a frequent one in the order of the list.
-- Owner: internal/organization.

-- +goose Up
create index organization_reach on organization (activity_reach, established_on desc, id desc);
-- The number that the size goes by, as organization.SizeOf.
create index organization_people on organization ((case org_type when 'association' then members else staff end));

-- +goose Down
drop index organization_people, organization_reach;
