"""Who may see and name what of another tenant: the exceptions, each with its reason."""

from typing import Any

from qiaojiejie.core.access import Role

#: addresses anyone may ask; what they show of others is tested in their rooms
OPEN_IDS = {
    ("PUT", "/me/favourites/<uuid:worker_id>"), ("DELETE", "/me/favourites/<uuid:worker_id>"),
    # firms of the district see each other's and quote for it; what they see of it is tested in needs
    ("GET", "/needs/<uuid:need_id>"), ("POST", "/needs/<uuid:need_id>/quotes"),
    ("GET", "/stations/<uuid:station_id>/queue"), ("GET", "/stations/<uuid:station_id>/desk-statistics"),
    ("POST", "/stations/<uuid:station_id>/tickets"),
    ("GET", "/activities/<uuid:activity_id>"), ("POST", "/activities/<uuid:activity_id>/places"),
    ("GET", "/handwork-orders/<uuid:handwork_order_id>"),
    ("POST", "/handwork-orders/<uuid:handwork_order_id>/takes"),
    ("GET", "/stations/<uuid:station_id>/interview-slots"),
    ("GET", "/stations/<uuid:station_id>/rooms"), ("POST", "/station-rooms/<uuid:room_id>/reservations"),
    ("GET", "/openings/<uuid:opening_id>"), ("POST", "/openings/<uuid:opening_id>/applications"),
    ("GET", "/surveys/<uuid:survey_id>"), ("GET", "/surveys/<uuid:survey_id>/results"),
    ("GET", "/surveys/<uuid:survey_id>/results.xlsx"),
    ("GET", "/awarding-bodies/<uuid:body_id>"), ("GET", "/courses/<uuid:course_id>"),
    ("GET", "/course-sessions/<uuid:course_session_id>"), ("POST", "/course-sessions/<uuid:course_session_id>/places"),
    ("GET", "/course-sessions/<uuid:course_session_id>/places"), ("GET", "/course-places/<uuid:place_id>"),
    ("POST", "/course-sessions/<uuid:course_session_id>/place-imports"), ("POST", "/courses/<uuid:course_id>/sessions"),
    ("POST", "/course-meetings/<uuid:meeting_id>/attendances"), ("POST", "/course-places/<uuid:place_id>/marks"),
    ("GET", "/audits/<uuid:audit_id>"), ("GET", "/audits/<uuid:audit_id>/report"),
    ("GET", "/credit/proposals/<uuid:proposal_id>"),
    ("GET", "/competitions/<uuid:competition_id>"), ("GET", "/competitions/<uuid:competition_id>/results"),
    ("GET", "/competitions/<uuid:competition_id>/results.xlsx"),
    ("GET", "/competitions/<uuid:competition_id>/ranking"), ("GET", "/competitions/<uuid:competition_id>/honours"),
    ("POST", "/competitions/<uuid:competition_id>/entrants"),
    ("GET", "/firms/<uuid:firm_id>/answer-windows"),
    ("GET", "/firms/<uuid:firm_id>"), ("GET", "/firms/<uuid:firm_id>/staff-figures"),
    ("GET", "/firms/<uuid:firm_id>/grading"), ("GET", "/firms/<uuid:firm_id>/credit"),
    ("GET", "/firms/<uuid:firm_id>/credit/history"), ("GET", "/firms/<uuid:firm_id>/credit/events"),
    ("GET", "/workers/<uuid:worker_id>/credit/history"),
    ("GET", "/stations/<uuid:station_id>"), ("GET", "/workers/<uuid:worker_id>"),
    ("GET", "/workers/<uuid:worker_id>/availability"), ("GET", "/workers/<uuid:worker_id>/credit"),
    ("GET", "/workers/<uuid:worker_id>/reviews"), ("GET", "/workers/<uuid:worker_id>/credit/events")}
#: sessions of courses are everybody's to see: another trainer is told that it is not hers to lead (403)
NOT_YOURS = {("GET", "/course-meetings/<uuid:meeting_id>/door-code"),
             ("POST", "/course-meetings/<uuid:meeting_id>/roll"),
             ("POST", "/course-places/<uuid:place_id>/removals"),
             ("POST", "/course-sessions/<uuid:course_session_id>/seats"),
             ("POST", "/course-sessions/<uuid:course_session_id>/steps")}
#: (operation, name in the body) → as whom, with what else, and how another tenant's id is refused
IN_BODIES: dict[tuple[str, str], tuple[Role, dict[str, Any], int, str]] = {
    ("POST /quotes", "address_id"): (Role.HOUSEHOLD, {}, 404, "AddressNotFound"),
    ("POST /quotes", "member_id"): (Role.HOUSEHOLD, {}, 404, "MemberNotFound"),
    ("POST /series/previews", "address_id"): (Role.HOUSEHOLD, {}, 404, "AddressNotFound"),
    ("POST /series/previews", "member_id"): (Role.HOUSEHOLD, {}, 404, "MemberNotFound"),
    ("POST /series", "address_id"): (Role.HOUSEHOLD, {}, 404, "AddressNotFound"),
    ("POST /series", "member_id"): (Role.HOUSEHOLD, {}, 404, "MemberNotFound"),
    ("POST /series/{series_id}/worker-changes", "worker_id"): (Role.HOUSEHOLD, {}, 404, "OccurrenceNotFound"),
    ("POST /needs", "address_id"): (Role.HOUSEHOLD, {}, 404, "AddressNotFound"),
    ("POST /needs", "member_id"): (Role.HOUSEHOLD, {}, 404, "MemberNotFound"),
    ("POST /needs/{need_id}/quotes", "worker_id"): (Role.BROKER, {}, 404, "WorkerNotFound"),
    ("POST /needs/{need_id}/orders", "need_quote_id"): (Role.HOUSEHOLD, {}, 404, "NeedQuoteNotFound"),
    ("POST /bookings/{booking_id}/substitutions", "worker_ids"): (Role.BROKER, {}, 409, "SubstitutionOpen"),
    ("POST /substitutions/{substitution_id}/candidates", "worker_ids"): (Role.BROKER, {}, 409, "NotASubstitute"),
    ("POST /substitutions/{substitution_id}/answers", "worker_id"): (Role.HOUSEHOLD, {}, 409, "SubstituteNotOffered"),
    ("POST /bookings/{booking_id}/replacement-offers", "worker_ids"): (Role.BROKER, {}, 409, "StepNotPossible"),
    ("POST /bookings/{booking_id}/replacement-answers", "worker_id"): (Role.HOUSEHOLD, {}, 409, "StepNotPossible"),
    ("POST /mandates/{mandate_id}/quotes", "address_id"): (Role.STATION_CLERK, {}, 409, "NotUnderMandate"),
    ("POST /mandates/{mandate_id}/quotes", "member_id"): (Role.STATION_CLERK, {}, 409, "NotUnderMandate"),
    ("POST /mandates/{mandate_id}/bookings", "quote_id"): (Role.STATION_CLERK, {}, 404, "QuoteNotFound"),
    ("POST /bookings", "quote_id"): (Role.HOUSEHOLD, {}, 404, "QuoteNotFound"),
    ("POST /bookings/{booking_id}/messages", "media_ids"): (Role.HOUSEHOLD, {}, 422, "ChatImageNotYours"),
    ("POST /bookings/{booking_id}/photos", "media_id"): (Role.HOUSEHOLD, {}, 422, "VisitPhotoNotYours"),
    ("POST /bookings/{booking_id}/card-payments", "card_id"): (Role.HOUSEHOLD, {}, 404, "PrepaidCardNotFound"),
    ("POST /bookings/{booking_id}/invoice-requests", "title_id"): (
        Role.HOUSEHOLD, {}, 404, "InvoiceTitleNotFound"),
    ("POST /invoice-requests/{invoice_request_id}/issues", "media_id"): (
        Role.FIRM_MANAGER, {}, 422, "InvoiceFileNotYours"),
    ("POST /me/notifications/read", "ids"): (Role.HOUSEHOLD, {}, 404, "NotificationNotFound"),
    ("POST /me/notifications/read", "through"): (Role.HOUSEHOLD, {"ids": None}, 404, "NotificationNotFound"),
    ("POST /firms", "licence_media_id"): (Role.HOUSEHOLD, {}, 422, "LicenceNotYours"),
    ("POST /firms/{firm_id}/licence-renewals", "licence_media_id"): (Role.FIRM_MANAGER, {}, 422, "LicenceNotYours"),
    ("PATCH /firms/{firm_id}", "licence_media_id"): (Role.FIRM_MANAGER, {}, 409, "NotChangeableNow"),
    ("PATCH /firms/{firm_id}/staff/{worker_id}", "photo_id"): (Role.BROKER, {}, 422, "PhotoNotYours"),
    ("POST /firms/{firm_id}/staff/{worker_id}/documents", "media_id"): (Role.BROKER, {}, 422, "ImageNotYours"),
    ("POST /accounts/roles", "org_id"): (Role.FIRM_MANAGER, {}, 403, "NotYoursToAppoint"),
    ("POST /lists/entries", "media_ids"): (
        Role.FEDERATION_AUDITOR, {"firm_id": None, "level": None}, 422, "EvidenceNotYours"),
    ("POST /lists/entries/{entry_id}/objections", "media_ids"): (Role.WORKER, {}, 422, "EvidenceNotYours"),
    ("POST /credit/appeals", "media_ids"): (
        Role.HOUSEHOLD, {"entry_ids": [], "ground": "rater"}, 422, "EvidenceNotYours"),
    ("POST /competitions/{competition_id}/entrants", "worker_id"): (Role.BROKER, {}, 404, "WorkerNotFound"),
    ("POST /competitions/{competition_id}/titles", "document_media_id"): (
        Role.FEDERATION_ADMIN, {}, 422, "DecisionDocumentRequired"),
    ("POST /activities", "room_id"): (Role.STATION_CLERK, {}, 404, "StationNotFound"),
    ("POST /activities/{activity_id}/attendances", "activity_place_ids"): (Role.STATION_CLERK, {}, 409, "NotBegun"),
    ("POST /activities/{activity_id}/photos", "media_id"): (Role.STATION_CLERK, {}, 422, "PhotoNotOurs"),
    ("POST /file-grants", "booking_id"): (Role.WORKER, {}, 404, "NotYourBooking"),
    ("POST /course-sessions/{course_session_id}/places", "worker_id"): (Role.BROKER, {}, 404, "WorkerNotFound"),
    ("POST /course-meetings/{meeting_id}/roll", "place_ids"): (Role.FEDERATION_ADMIN, {}, 409, "StepNotPossible"),
    ("POST /subsidy-claims", "place_id"): (Role.WORKER, {}, 404, "PlaceNotFound"),
    ("POST /subsidy-claims", "media_ids"): (Role.FEDERATION_ADMIN, {}, 409, "NothingPassed"),
    ("POST /petitions/{petition_id}/evidence", "media_ids"): (Role.WORKER, {}, 422, "EvidenceNotYours"),
    ("POST /credit/repairs", "media_ids"): (Role.WORKER, {}, 404, "CreditEventNotFound"),
    ("POST /credit/repairs", "authority_media_id"): (Role.WORKER, {}, 404, "CreditEventNotFound"),
    ("POST /federation/gradings/{grading_id}/assessments", "report_media_id"): (
        Role.FEDERATION_ADMIN, {}, 422, "EvidenceNotYours"),
}
#: workers are everybody's to ask for, what firms sell everybody's to buy; auditors are nobody's (that tasks go to them
#: only is tested in audit); what the federation names of a competition is tested in competitions
OPEN_IN_BODIES = {
    ("POST /quotes", "worker_id"), ("POST /series/previews", "worker_id"), ("POST /series", "worker_id"),
    ("POST /mandates/{mandate_id}/quotes", "worker_id"),
    ("POST /interviews", "worker_id"), ("POST /interviews", "station_id"),
    ("POST /lists/entries", "worker_id"), ("POST /lists/entries", "firm_id"),
    ("POST /audits/tasks/{audit_task_id}/assignment", "auditor_id"),
    ("POST /courses", "body_id"), ("POST /courses/{course_id}/sessions", "trainer_id"),
    ("POST /courses/{course_id}/sessions", "station_id"), ("POST /courses/{course_id}/sessions", "room_id"),
    ("POST /competitions", "parent_id"), ("PATCH /competitions/{competition_id}", "parent_id"),
    ("POST /competitions/{competition_id}/jury", "judge_account_id"),
    ("POST /competitions/{competition_id}/titles", "entrant_id"),
    ("POST /competitions/{competition_id}/titles", "head_of"),
    ("POST /me/prepaid-cards", "offer_id"),
    ("POST /federation/fee-rules", "firm_id"), ("POST /federation/fee-rules/endings", "firm_id"),
    ("POST /audits/{audit_id}/assignments", "account_ids")}
