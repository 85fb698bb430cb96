CREATE INDEX market_order_by_product ON market_order (product_id, placed_at);
