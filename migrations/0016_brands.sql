-- How a workspace looks to its recipients: on the pages behind the links of its messages.
alter table workspaces
  add column brand_color text
    constraint workspaces_brand_color_check check (brand_color ~ '^#[0-9a-f]{6}$'),
  add column logo text
    constraint workspaces_logo_check check (logo ~ '^data:image/(png|jpeg|webp);base64,' and length(logo) <= 45000);
comment on column workspaces.brand_color is 'Of buttons on the pages for recipients; null: ours.';
comment on column workspaces.logo is 'A picture as data: URL, so that those pages ask no other address for anything.';
