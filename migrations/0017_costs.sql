-- What a message of a sender costs, as its owner was told by the vendor.
alter table senders
  add column cost_amount float8 constraint senders_cost_amount_check check (cost_amount >= 0),
  add column cost_currency text constraint senders_cost_currency_check check (cost_currency ~ '^[A-Z]{3}$'),
  add constraint senders_cost_check check ((cost_amount is null) = (cost_currency is null));
