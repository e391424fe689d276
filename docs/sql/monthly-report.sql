-- A month of money, recomputed from what payments, refunds, payouts, disputes and Stripe's statement say themselves.
-- For an officer with psql:  psql "$DATABASE_URL" -v month=2026-11 -f docs/sql/monthly-report.sql
--
-- No amount is read from the books (posting): they give only the moment at which each thing was booked, by which the
-- report cuts its months; what the books have not got counts by its own moment, and shows as a difference. The figures
-- are to equal `flask money report --month 2026-11` to the fen; docs/monthly-report.md says what each means.
-- In fen. Beneath the figures: what each account comes to at the end of the month, debits positive.
WITH bounds AS (
    SELECT (:'month' || '-01')::timestamp AT TIME ZONE 'Asia/Shanghai' AS first,
           ((:'month' || '-01')::timestamp + interval '1 month') AT TIME ZONE 'Asia/Shanghai' AS after),

-- what families paid: through Stripe, or from a prepaid card
paid AS (
    SELECT payment.id, payment.method, payment.amount_fen AS fen, coalesce(tx.at, payment.succeeded_at) AS at
    FROM payment LEFT JOIN posting_tx tx ON tx.ref = coalesce(payment.intent_id, payment.id::text)
        AND tx.kind = CASE WHEN payment.method = 'prepaid' THEN 'redeemed' ELSE 'charged' END
    WHERE payment.state = 'succeeded'),

-- what went back onto the prepaid card a booking had been paid from, and what of a card made good a loss that was booked
back_on_card AS (
    SELECT 'returned' AS kind, refund.amount_fen AS fen, coalesce(tx.at, refund.settled_at) AS at
    FROM refund JOIN payment ON payment.id = refund.payment_id AND payment.method = 'prepaid'
    LEFT JOIN posting_tx tx ON tx.kind = 'returned' AND tx.ref = refund.id::text
    WHERE refund.state = 'succeeded'
    UNION ALL
    SELECT 'recovered', (entry.data ->> 'recovered')::bigint, coalesce(tx.at, entry.at)
    FROM ledger_entry entry LEFT JOIN posting_tx tx ON tx.kind = 'recovered' AND tx.ref = entry.id::text
    WHERE entry.fact IN ('prepaid.closed', 'prepaid.returned') AND (entry.data ->> 'recovered')::bigint > 0),

-- what went back: Stripe took a refund on, or it failed later; a failed one may be repaid by bank transfer
given_back AS (
    SELECT 'stripe' AS through, refund.amount_fen AS fen, coalesce(tx.at, refund.settled_at, refund.created_at) AS at
    FROM refund LEFT JOIN posting_tx tx ON tx.kind = 'refunded' AND tx.ref = refund.id::text
    WHERE refund.stripe_id IS NOT NULL
    UNION ALL
    SELECT 'stripe', -refund.amount_fen, coalesce(tx.at, refund.settled_at)
    FROM refund LEFT JOIN posting_tx tx ON tx.kind = 'refund_failed' AND tx.ref = refund.id::text
    WHERE refund.stripe_id IS NOT NULL AND refund.state IN ('failed', 'replaced', 'repaid', 'disputed')
    UNION ALL
    SELECT 'bank', refund.amount_fen, coalesce(tx.at, refund.settled_at)
    FROM refund LEFT JOIN posting_tx tx ON tx.kind = 'repaid' AND tx.ref = refund.id::text
    WHERE refund.state = 'repaid'),

-- disputed money: taken by the cardholder's bank, then ours again or gone; of what is gone `loss` was nobody's
disputed AS (
    SELECT dispute.id, dispute.stripe_id, dispute.held_fen AS fen,
           coalesce(opened.at, dispute.opened_at) AS opened_at, coalesce(closed.at, dispute.decided_at) AS closed_at,
           dispute.state, coalesce((told.data ->> 'loss')::bigint, 0) AS loss, told.data IS NOT NULL AS lost
    FROM dispute
    LEFT JOIN posting_tx opened ON opened.kind = 'disputed' AND opened.ref = dispute.stripe_id
    LEFT JOIN posting_tx closed ON closed.kind IN ('dispute_won', 'dispute_lost') AND closed.ref = dispute.stripe_id
    LEFT JOIN ledger_entry told ON told.fact = 'dispute.lost' AND told.data ->> 'dispute' = dispute.id::text
    WHERE dispute.held_fen > 0),

-- what happened to each booking's money, in order; `asks`: a refund is asked for, and finds so much of it released
told AS (
    SELECT entry.id, entry.at, substr(entry.subject, 9)::uuid AS booking_id, entry.fact, entry.data,
           (entry.data ->> 'amount')::bigint AS fen
    FROM ledger_entry entry
    WHERE entry.subject LIKE 'booking:%' AND entry.fact IN (
        'payment.succeeded', 'payment.released', 'refund.requested', 'refund.asked_again', 'refund.disputed',
        'dispute.lost')),
standing AS (
    SELECT told.*,
           sum(CASE fact WHEN 'payment.released' THEN fen WHEN 'refund.requested' THEN fen
                         WHEN 'refund.asked_again' THEN -fen WHEN 'refund.disputed' THEN -fen
                         WHEN 'payment.succeeded' THEN -fen
                         WHEN 'dispute.lost' THEN (data ->> 'held')::bigint - (data ->> 'loss')::bigint
                              - (data ->> 'recalled')::bigint END)
               OVER (PARTITION BY booking_id ORDER BY id) AS short
    FROM told),
asked AS (
    SELECT standing.*, greatest(0, max(short) OVER (PARTITION BY booking_id ORDER BY id)) AS so_far
    FROM standing WHERE fact = 'refund.requested'),

-- what of each booking became the firm's and the platform's (released), and what of that was taken back (recalled)
moved AS (
    SELECT 'released' AS kind, one.booking_id, one.fen, coalesce(tx.at, one.at) AS at
    FROM (SELECT told.*, row_number() OVER (PARTITION BY booking_id ORDER BY id) AS number FROM told
          WHERE fact = 'payment.released') one
    LEFT JOIN (SELECT booking_id, at, row_number() OVER (PARTITION BY booking_id ORDER BY id) AS number
               FROM posting_tx WHERE kind = 'released') tx USING (booking_id, number)
    UNION ALL
    SELECT 'recalled', one.booking_id, one.fen, coalesce(tx.at, one.at)
    FROM (SELECT booking_id, at, data ->> 'refund' AS ref,
                 so_far - coalesce(lag(so_far) OVER (PARTITION BY booking_id ORDER BY id), 0) AS fen FROM asked
          UNION ALL
          SELECT told.booking_id, told.at, disputed.stripe_id, (told.data ->> 'recalled')::bigint
          FROM told JOIN disputed ON disputed.id::text = told.data ->> 'dispute' WHERE told.fact = 'dispute.lost') one
    LEFT JOIN posting_tx tx ON tx.kind = 'recalled' AND tx.ref = one.ref
    WHERE one.fen <> 0),

-- whose it is: fee and promotion stand in the booking's price and are shared out in proportion, half up
shares AS (
    SELECT moved.booking_id, booking.total_fen AS total,
           sum(CASE kind WHEN 'released' THEN fen ELSE -fen END) FILTER (WHERE at < bounds.first) AS before,
           sum(CASE kind WHEN 'released' THEN fen ELSE -fen END) FILTER (WHERE at < bounds.after) AS upto,
           (SELECT coalesce(sum((line ->> 'amount')::bigint), 0) FROM jsonb_array_elements(booking.lines) line
            WHERE line ->> 'line' = 'platform_fee') AS fee,
           (SELECT coalesce(-sum((line ->> 'amount')::bigint), 0) FROM jsonb_array_elements(booking.lines) line
            WHERE line ->> 'line' = 'discount' AND line ->> 'by' = 'platform') AS promotion
    FROM moved JOIN booking ON booking.id = moved.booking_id CROSS JOIN bounds
    GROUP BY moved.booking_id, booking.id, bounds.first, bounds.after),
parts AS (
    SELECT coalesce(upto, 0) AS upto, coalesce(upto, 0) - coalesce(before, 0) AS fen,
           div(2 * coalesce(upto, 0) * fee + total, 2 * total) AS fee_upto,
           div(2 * coalesce(upto, 0) * promotion + total, 2 * total) AS promotion_upto,
           div(2 * coalesce(before, 0) * fee + total, 2 * total) AS fee_before,
           div(2 * coalesce(before, 0) * promotion + total, 2 * total) AS promotion_before
    FROM shares),

-- what firms were paid, and what of it came back
payouts AS (
    SELECT account.kind AS through, item.amount_fen AS fen, coalesce(tx.at, item.paid_at) AS at
    FROM payout_item item JOIN payout_account account ON account.id = item.account_id
    LEFT JOIN posting_tx tx ON tx.kind = 'paid_out' AND tx.ref = item.id::text
        OR tx.kind = 'transferred' AND tx.ref = item.transfer_id
    WHERE item.state IN ('paid', 'reversed')
    UNION ALL
    SELECT account.kind, -back.fen, coalesce(tx.at, back.at)
    FROM (SELECT data ->> 'item' AS item, (data ->> 'amount')::bigint AS fen, at,
                 sum((data ->> 'amount')::bigint) OVER (PARTITION BY data ->> 'item' ORDER BY id) AS so_far
          FROM ledger_entry WHERE fact = 'payout.reversed') back
    JOIN payout_item item ON item.id::text = back.item JOIN payout_account account ON account.id = item.account_id
    LEFT JOIN posting_tx tx ON tx.kind = 'payout_reversed' AND tx.ref = back.item
        OR tx.kind = 'transfer_reversed' AND tx.ref = item.transfer_id || ':' || back.so_far),

-- what Stripe kept: fees of movements, and movements that are nothing else
fees AS (
    SELECT CASE WHEN movement.source IS NULL AND movement.type IN ('stripe_fee', 'stripe_fx_fee', 'tax_fee')
                THEN movement.fee_fen - movement.amount_fen ELSE movement.fee_fen END AS fen,
           coalesce(tx.at, movement.imported_at) AS at
    FROM stripe_movement movement LEFT JOIN posting_tx tx ON tx.kind = 'stripe_fee' AND tx.ref = movement.id
    WHERE movement.currency = 'cny'),

-- what Stripe sent on to the platform's bank, less what came back
swept AS (
    SELECT -movement.amount_fen AS fen, coalesce(tx.at, movement.imported_at) AS at
    FROM stripe_movement movement
    LEFT JOIN posting_tx tx ON tx.kind = 'swept'
        AND tx.ref = coalesce(movement.source, movement.id) || ':' || movement.id
    WHERE movement.currency = 'cny'
      AND movement.type IN ('payout', 'payout_failure', 'payout_cancel', 'topup', 'topup_reversal')),

-- each of these once: what it comes to in the month, and from the beginning to its end
sums(name, month, upto) AS (
    SELECT 'taken', sum(fen) FILTER (WHERE at >= first), sum(fen) FROM paid, bounds
        WHERE method <> 'prepaid' AND at < after
    UNION ALL SELECT 'redeemed', sum(fen) FILTER (WHERE at >= first), sum(fen) FROM paid, bounds
        WHERE method = 'prepaid' AND at < after
    UNION ALL SELECT kind, sum(fen) FILTER (WHERE at >= first), sum(fen) FROM moved, bounds WHERE at < after GROUP BY kind
    UNION ALL SELECT kind, sum(fen) FILTER (WHERE at >= first), sum(fen) FROM back_on_card, bounds
        WHERE at < after GROUP BY kind
    UNION ALL SELECT 'platform_fees', sum(fee_upto - fee_before), sum(fee_upto) FROM parts
    UNION ALL SELECT 'promotions', sum(promotion_upto - promotion_before), sum(promotion_upto) FROM parts
    UNION ALL SELECT 'firms', sum(fen - fee_upto + fee_before + promotion_upto - promotion_before),
                     sum(upto - fee_upto + promotion_upto) FROM parts
    UNION ALL SELECT 'refunded_' || through, sum(fen) FILTER (WHERE at >= first), sum(fen) FROM given_back, bounds
        WHERE at < after GROUP BY through
    UNION ALL SELECT 'paid_out_' || through, sum(fen) FILTER (WHERE at >= first), sum(fen) FROM payouts, bounds
        WHERE at < after GROUP BY through
    UNION ALL SELECT 'stripe_fees', sum(fen) FILTER (WHERE at >= first), sum(fen) FROM fees, bounds WHERE at < after
    UNION ALL SELECT 'swept', sum(fen) FILTER (WHERE at >= first), sum(fen) FROM swept, bounds WHERE at < after
    UNION ALL SELECT 'disputed', NULL, sum(fen) FROM disputed, bounds WHERE opened_at < after
    UNION ALL SELECT CASE WHEN lost THEN 'dispute_lost' ELSE 'dispute_won' END, NULL, sum(fen) FROM disputed, bounds
        WHERE closed_at < after AND state NOT IN ('opened', 'answered', 'conceded') GROUP BY lost
    UNION ALL SELECT 'loss', NULL, sum(loss) FROM disputed, bounds WHERE closed_at < after
    UNION ALL SELECT 'written_off', NULL, sum(amount_fen) FROM write_off, bounds WHERE written_at < after),
figure AS (
    SELECT (SELECT jsonb_object_agg(name, coalesce(month, 0)) FROM sums) AS month,
           (SELECT jsonb_object_agg(name, coalesce(upto, 0)) FROM sums) AS upto),
-- the same, by name and nothing where there was none
m AS (SELECT * FROM figure, jsonb_to_record(month) AS it(
    taken bigint, redeemed bigint, returned bigint, released bigint, recalled bigint, firms bigint,
    platform_fees bigint, promotions bigint, refunded_stripe bigint, refunded_bank bigint, paid_out_bank bigint, paid_out_stripe bigint,
    stripe_fees bigint, swept bigint)),
u AS (SELECT coalesce(taken, 0) AS taken, coalesce(released, 0) AS released, coalesce(recalled, 0) AS recalled,
             coalesce(firms, 0) AS firms, coalesce(platform_fees, 0) AS platform_fees,
             coalesce(promotions, 0) AS promotions, coalesce(refunded_stripe, 0) AS refunded_stripe,
             coalesce(refunded_bank, 0) AS refunded_bank, coalesce(paid_out_bank, 0) AS paid_out_bank,
             coalesce(paid_out_stripe, 0) AS paid_out_stripe, coalesce(stripe_fees, 0) AS stripe_fees,
             coalesce(swept, 0) AS swept, coalesce(disputed, 0) AS disputed, coalesce(recovered, 0) AS recovered,
             coalesce(dispute_lost, 0) AS dispute_lost, coalesce(dispute_won, 0) AS dispute_won,
             coalesce(loss, 0) AS loss, coalesce(written_off, 0) AS written_off
      FROM figure, jsonb_to_record(upto) AS it(
    taken bigint, released bigint, recalled bigint, firms bigint, platform_fees bigint, promotions bigint,
    refunded_stripe bigint, refunded_bank bigint, paid_out_bank bigint, paid_out_stripe bigint, stripe_fees bigint,
    swept bigint, disputed bigint, recovered bigint, dispute_lost bigint, dispute_won bigint, loss bigint,
    written_off bigint))
SELECT found.name, coalesce(found.fen, 0)::bigint AS fen FROM m, u CROSS JOIN LATERAL (VALUES
    ('taken', m.taken), ('redeemed', m.redeemed), ('returned', m.returned),
    ('held', u.taken - u.released + u.recalled - u.refunded_stripe - u.refunded_bank - (u.dispute_lost - u.loss)
        - u.recovered),
    ('released', m.released), ('recalled', m.recalled), ('firms', m.firms), ('platform_fees', m.platform_fees),
    ('promotions', m.promotions), ('refunded', coalesce(m.refunded_stripe, 0) + coalesce(m.refunded_bank, 0)),
    ('paid_out', coalesce(m.paid_out_bank, 0) + coalesce(m.paid_out_stripe, 0)), ('stripe_fees', m.stripe_fees),
    ('swept', m.swept),
    ('account bank', u.swept - u.refunded_bank - u.paid_out_bank),
    ('account dispute_hold', u.disputed - u.dispute_won - u.dispute_lost),
    ('account escrow and prepaid',
        -(u.taken - u.released + u.recalled - u.refunded_stripe - u.refunded_bank - (u.dispute_lost - u.loss)
        - u.recovered)),
    ('account firm_payable, firm_receivable and payout',
        -u.firms + u.paid_out_bank + u.paid_out_stripe - u.written_off),
    ('account loss', u.loss + u.written_off - u.recovered),
    ('account platform_fee', -u.platform_fees), ('account promotion', u.promotions),
    ('account stripe_clearing', u.taken - u.refunded_stripe - u.stripe_fees - u.disputed + u.dispute_won
        - u.paid_out_stripe - u.swept),
    ('account stripe_fees', u.stripe_fees)) AS found(name, fen);
