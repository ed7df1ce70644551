-- The demo distributor's ERP. Quantities are in the product's stocking unit, times in UTC, money in the company's currency.
CREATE SCHEMA demo;

CREATE TABLE demo.seeding (
    id integer PRIMARY KEY CHECK (id = 1),
    company text NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE demo.warehouse (
    id integer PRIMARY KEY,
    name text NOT NULL,
    code text NOT NULL UNIQUE
);

CREATE TABLE demo.location (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    usage text NOT NULL CHECK (usage IN ('internal', 'customer', 'vendor', 'loss')),
    warehouse_id integer REFERENCES demo.warehouse,
    CHECK ((usage = 'internal') = (warehouse_id IS NOT NULL))
);

-- Odoo's operation types: the queues of a warehouse.
CREATE TABLE demo.zone (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('receipt', 'delivery', 'internal')),
    warehouse_id integer NOT NULL REFERENCES demo.warehouse
);

CREATE TABLE demo.partner (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    customer boolean NOT NULL,
    vendor boolean NOT NULL,
    segment text CHECK (segment IN ('strategic', 'key', 'standard')),
    language text NOT NULL,
    email text NOT NULL,
    credit_limit numeric(14, 2) CHECK (credit_limit > 0),
    tags text[] NOT NULL,
    CHECK (customer OR vendor),
    CHECK (customer = (segment IS NOT NULL))
);

CREATE TABLE demo.contact (
    id integer PRIMARY KEY,
    partner_id integer NOT NULL REFERENCES demo.partner,
    name text NOT NULL,
    email text NOT NULL CHECK (email = lower(email))
);

CREATE TABLE demo.product (
    id integer PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    unit text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('storable', 'consumable', 'service')),
    price numeric(14, 2) NOT NULL CHECK (price >= 0),
    cost numeric(14, 2) NOT NULL CHECK (cost >= 0)
);

CREATE TABLE demo.vendor_price (
    id integer PRIMARY KEY,
    vendor_id integer NOT NULL REFERENCES demo.partner,
    product_id integer NOT NULL REFERENCES demo.product,
    price numeric(14, 2) NOT NULL CHECK (price > 0),
    minimum numeric(14, 3) NOT NULL CHECK (minimum >= 0),
    lead_days integer NOT NULL CHECK (lead_days >= 0),
    valid_from date,
    valid_until date CHECK (valid_until >= valid_from)
);
CREATE INDEX ON demo.vendor_price (product_id);

CREATE TABLE demo.reorder_rule (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    product_id integer NOT NULL REFERENCES demo.product,
    warehouse_id integer NOT NULL REFERENCES demo.warehouse,
    minimum numeric(14, 3) NOT NULL CHECK (minimum >= 0),
    maximum numeric(14, 3) NOT NULL CHECK (maximum >= minimum),
    lead_days integer NOT NULL CHECK (lead_days >= 0),
    UNIQUE (product_id, warehouse_id)
);

CREATE TABLE demo.stock_level (
    product_id integer NOT NULL REFERENCES demo.product,
    location_id integer NOT NULL REFERENCES demo.location,
    on_hand numeric(14, 3) NOT NULL CHECK (on_hand >= 0),
    reserved numeric(14, 3) NOT NULL CHECK (reserved BETWEEN 0 AND on_hand),
    PRIMARY KEY (product_id, location_id)
);

CREATE TABLE demo.carrier (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE
);
INSERT INTO demo.carrier VALUES (1, 'Harbour Parcel'), (2, 'Kade Freight'), (3, 'Vale Overnight');

CREATE TABLE demo.sale_order (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    customer_id integer NOT NULL REFERENCES demo.partner,
    state text NOT NULL CHECK (state IN ('draft', 'sent', 'sale', 'cancel')),
    ordered_at timestamptz NOT NULL,
    promise_date timestamptz,
    amount numeric(14, 2) NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    warehouse_id integer NOT NULL REFERENCES demo.warehouse,
    delivery_status text CHECK (delivery_status IN ('pending', 'partial', 'full')),
    locked boolean NOT NULL,
    customer_reference text,
    salesperson text,
    carrier_id integer REFERENCES demo.carrier,
    freight numeric(14, 2) CHECK (freight > 0)
);

CREATE TABLE demo.tag (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE
);
INSERT INTO demo.tag VALUES (1, 'Call before delivery'), (2, 'Expedite'), (3, 'Fragile'), (4, 'Part shipment agreed');

CREATE TABLE demo.order_tag (
    order_id integer NOT NULL REFERENCES demo.sale_order,
    tag_id integer NOT NULL REFERENCES demo.tag,
    worn boolean NOT NULL DEFAULT true,
    PRIMARY KEY (order_id, tag_id)
);

CREATE TABLE demo.sale_order_line (
    id integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES demo.sale_order,
    product_id integer NOT NULL REFERENCES demo.product,
    ordered numeric(14, 3) NOT NULL CHECK (ordered > 0),
    delivered numeric(14, 3) NOT NULL CHECK (delivered BETWEEN 0 AND ordered),
    unit_price numeric(14, 2) NOT NULL,
    sold_quantity numeric(14, 3) NOT NULL,
    sold_unit text NOT NULL,
    discount numeric(5, 2) NOT NULL CHECK (discount BETWEEN 0 AND 100),
    value numeric(14, 2) GENERATED ALWAYS AS (round(ordered * unit_price * (100 - discount) / 100, 2)) STORED
);
CREATE INDEX ON demo.sale_order_line (order_id);

CREATE FUNCTION demo.follow_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = demo, pg_temp AS $$
BEGIN
    UPDATE demo.sale_order SET amount = amount - OLD.value + NEW.value WHERE id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_line AFTER UPDATE ON demo.sale_order_line FOR EACH ROW EXECUTE FUNCTION demo.follow_line();
REVOKE EXECUTE ON FUNCTION demo.follow_line() FROM PUBLIC;

CREATE TABLE demo.purchase_order (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    vendor_id integer NOT NULL REFERENCES demo.partner,
    state text NOT NULL CHECK (state IN ('draft', 'sent', 'to approve', 'purchase', 'done', 'cancel')),
    ordered_at timestamptz NOT NULL,
    warehouse_id integer NOT NULL REFERENCES demo.warehouse,
    vendor_reference text,
    buyer text NOT NULL,
    acknowledged boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    origin text
);

CREATE TABLE demo.purchase_line (
    id integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES demo.purchase_order,
    product_id integer NOT NULL REFERENCES demo.product,
    ordered numeric(14, 3) NOT NULL CHECK (ordered > 0),
    received numeric(14, 3) NOT NULL CHECK (received BETWEEN 0 AND ordered),
    unit_price numeric(14, 2) NOT NULL,
    vendor_promise_date timestamptz NOT NULL,
    for_sale_line_id integer REFERENCES demo.sale_order_line
);
CREATE INDEX ON demo.purchase_line (order_id);
CREATE INDEX ON demo.purchase_line (product_id);

CREATE TABLE demo.picking (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('receipt', 'delivery', 'internal')),
    state text NOT NULL CHECK (state IN ('draft', 'waiting', 'confirmed', 'assigned', 'done', 'cancel')),
    scheduled_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    warehouse_id integer NOT NULL REFERENCES demo.warehouse,
    zone_id integer NOT NULL REFERENCES demo.zone,
    sale_order_id integer REFERENCES demo.sale_order,
    purchase_order_id integer REFERENCES demo.purchase_order,
    responsible text,
    backorder_of integer REFERENCES demo.picking,
    tracking_reference text,
    urgent boolean NOT NULL DEFAULT false,
    origin text,
    returns integer REFERENCES demo.picking,
    CHECK ((state = 'done') = (done_at IS NOT NULL)),
    CHECK (sale_order_id IS NULL OR kind = 'delivery'),
    CHECK (purchase_order_id IS NULL OR kind = 'receipt')
);
CREATE INDEX ON demo.picking (sale_order_id);
CREATE INDEX ON demo.picking (tracking_reference);

CREATE TABLE demo.move (
    id integer PRIMARY KEY,
    product_id integer NOT NULL REFERENCES demo.product,
    picking_id integer REFERENCES demo.picking,
    state text NOT NULL CHECK (state IN ('draft', 'waiting', 'confirmed', 'partially_available', 'assigned', 'done', 'cancel')),
    demand numeric(14, 3) NOT NULL CHECK (demand > 0),
    reserved numeric(14, 3) NOT NULL CHECK (reserved BETWEEN 0 AND demand),
    expected_at timestamptz NOT NULL,
    from_location_id integer NOT NULL REFERENCES demo.location,
    to_location_id integer NOT NULL REFERENCES demo.location,
    sale_line_id integer REFERENCES demo.sale_order_line,
    purchase_line_id integer REFERENCES demo.purchase_line,
    returns integer REFERENCES demo.move,
    CHECK (picking_id IS NOT NULL OR state = 'done')
);
CREATE INDEX ON demo.move (product_id);
CREATE INDEX ON demo.move (picking_id);
CREATE INDEX ON demo.move (sale_line_id);
CREATE INDEX ON demo.move (purchase_line_id);

CREATE TABLE demo.move_origin (
    move_id integer NOT NULL REFERENCES demo.move,
    origin_id integer NOT NULL REFERENCES demo.move,
    PRIMARY KEY (move_id, origin_id),
    CHECK (move_id <> origin_id)
);

-- What was counted up or down: a move between a shelf and the losses.
CREATE TABLE demo.adjustment (
    move_id integer PRIMARY KEY REFERENCES demo.move,
    reference text NOT NULL,
    counted_by text
);

CREATE TABLE demo.scrap (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    move_id integer NOT NULL UNIQUE REFERENCES demo.move,
    lot text,
    origin text
);

CREATE TABLE demo.quality_failure (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    product_id integer NOT NULL REFERENCES demo.product,
    picking_id integer REFERENCES demo.picking,
    lot text,
    at timestamptz NOT NULL
);

-- Of customers, and the bills of vendors.
CREATE TABLE demo.invoice (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('invoice', 'bill')),
    partner_id integer NOT NULL REFERENCES demo.partner,
    sale_order_id integer REFERENCES demo.sale_order,
    purchase_order_id integer REFERENCES demo.purchase_order,
    state text NOT NULL CHECK (state IN ('draft', 'posted')),
    issued date NOT NULL,
    due date NOT NULL CHECK (due >= issued),
    total numeric(14, 2) NOT NULL CHECK (total > 0),
    residual numeric(14, 2) NOT NULL CHECK (residual BETWEEN 0 AND total),
    currency text NOT NULL,
    CHECK ((kind = 'bill') = (purchase_order_id IS NOT NULL)),
    CHECK (kind = 'invoice' OR sale_order_id IS NULL)
);

CREATE TABLE demo.invoice_line (
    id integer PRIMARY KEY,
    invoice_id integer NOT NULL REFERENCES demo.invoice,
    sale_line_id integer REFERENCES demo.sale_order_line,
    purchase_line_id integer REFERENCES demo.purchase_line,
    quantity numeric(14, 3) NOT NULL CHECK (quantity > 0),
    unit_price numeric(14, 4) NOT NULL,
    CHECK (num_nonnulls(sale_line_id, purchase_line_id) = 1)
);
CREATE INDEX ON demo.invoice_line (invoice_id);
CREATE INDEX ON demo.invoice_line (sale_line_id);
CREATE INDEX ON demo.invoice_line (purchase_line_id);

CREATE TABLE demo.credit_note (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id integer NOT NULL REFERENCES demo.invoice,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'posted', 'cancel')),
    total numeric(14, 2) NOT NULL,
    reason text NOT NULL,
    marker text NOT NULL UNIQUE
);

CREATE TABLE demo.activity (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model text NOT NULL,
    record_id integer NOT NULL,
    summary text NOT NULL,
    note text NOT NULL,
    owner text NOT NULL,
    due date NOT NULL,
    open boolean NOT NULL DEFAULT true,
    marker text NOT NULL UNIQUE
);

-- The marker is how an action finds its own note again; the key keeps a repeated action from leaving two.
CREATE TABLE demo.note (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model text NOT NULL,
    record_id integer NOT NULL,
    body text NOT NULL,
    marker text NOT NULL,
    author text NOT NULL DEFAULT current_user,
    sent_to text[] NOT NULL DEFAULT '{}',
    written_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (model, record_id, marker)
);

CREATE TABLE demo.note_file (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note_id integer NOT NULL REFERENCES demo.note,
    name text NOT NULL,
    content bytea NOT NULL
);

GRANT USAGE ON SCHEMA demo TO expediter_worker, expediter_executor;
GRANT SELECT ON ALL TABLES IN SCHEMA demo TO expediter_worker, expediter_executor;
-- No more than the actions write: a stolen executor credential cannot invent sales, products or invoices.
GRANT UPDATE (promise_date, locked, state, carrier_id, freight) ON demo.sale_order TO expediter_executor;
GRANT UPDATE (ordered, sold_quantity, unit_price, discount) ON demo.sale_order_line TO expediter_executor;
GRANT UPDATE (state, reserved, demand) ON demo.move TO expediter_executor;
GRANT UPDATE (state, urgent) ON demo.picking TO expediter_executor;
GRANT UPDATE (on_hand, reserved) ON demo.stock_level TO expediter_executor;
GRANT INSERT (order_id, tag_id), UPDATE (worn) ON demo.order_tag TO expediter_executor;
GRANT INSERT (invoice_id, total, reason, marker), UPDATE (state) ON demo.credit_note TO expediter_executor;
GRANT INSERT (model, record_id, summary, note, owner, due, marker), UPDATE (open) ON demo.activity TO expediter_executor;
GRANT INSERT (model, record_id, body, marker, sent_to), UPDATE (body) ON demo.note TO expediter_executor;
GRANT INSERT (note_id, name, content) ON demo.note_file TO expediter_executor;
GRANT INSERT ON demo.stock_level, demo.picking, demo.move, demo.move_origin, demo.adjustment, demo.scrap TO expediter_executor;
GRANT INSERT ON demo.purchase_order, demo.purchase_line TO expediter_executor;
GRANT UPDATE (state, vendor_id, changed_at) ON demo.purchase_order TO expediter_executor;
GRANT UPDATE (vendor_promise_date, unit_price) ON demo.purchase_line TO expediter_executor;
