# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fixed tables: vocabularies shared by models, and what follows from them."""

KIND_SELECTION = [
    ("post", "Post"),
    ("message", "Message"),
    ("comment", "Comment"),
    ("reply", "Reply"),
    ("mention", "Mention"),
    ("share", "Share"),
    ("reaction", "Reaction"),
    ("review", "Review"),
    ("story", "Story"),
    ("story_mention", "Story mention"),
    ("follow", "Follow"),
    ("system", "Network notice"),
]
MODE_SELECTION = [
    ("one_to_many", "1/n: to everybody"),
    ("one_to_one", "1/1: between two"),
    ("one_to_one_to_many", "1/1/n: an answer everybody can read"),
    ("group", "Group"),
]
DIRECTION_SELECTION = [("in", "Incoming"), ("out", "Outgoing")]
VISIBILITY_SELECTION = [
    ("public", "Public"),
    ("unlisted", "Unlisted"),
    ("followers", "Followers"),
    ("direct", "Direct"),
    ("group", "Group"),
]
STATE_SELECTION = [
    ("normal", "As written"),
    ("edited", "Edited"),
    ("hidden", "Hidden"),
    ("deleted", "Deleted"),
    ("expired", "Expired"),
    ("encrypted", "Encrypted"),
]
DELIVERY_SELECTION = [
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("read", "Read"),
    ("unknown", "Unknown"),
    ("failed", "Failed"),
    ("cancelled", "Taken back"),
]
PURPOSE_SELECTION = [
    ("answer", "Answer"),
    ("contract", "Contract"),
    ("feedback", "Feedback"),
    ("marketing", "Marketing"),
]
CONVERSATION_SELECTION = [
    ("direct", "Direct"),
    ("group", "Group"),
    ("thread", "Comment thread"),
    ("review", "Review"),
    ("mention", "Mention"),
]
MOOD_SELECTION = [
    ("positive", "Positive"),
    ("neutral", "Neutral"),
    ("negative", "Negative"),
    ("mixed", "Mixed"),
    ("unknown", "Unknown"),
]

# What of a stranger's saying is a matter to answer. Likes, follows and our own words open nothing.
KINDS_OPENING_CASE = frozenset(
    {"message", "comment", "reply", "mention", "review", "story_mention"})
# Said in a place of two or of a closed group, whatever the network calls it.
PRIVATE_VISIBILITY = frozenset({"direct", "group"})
# Receipts only climb; "failed" ends it. Networks deliver receipts in any order.
DELIVERY_RANK = {"queued": 0, "unknown": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}

ROLE_SELECTION = [
    ("customer", "Customer"),
    ("press", "Press"),
    ("competitor", "Competitor"),
    ("bot", "Bot"),
    ("partner", "Business partner"),
    ("employee", "Employee, by own word"),
]
# Roles whose words open no case of their own accord.
ROLES_WITHOUT_CASE = frozenset({"bot"})

LINK_STRENGTH_SELECTION = [
    ("supposed", "Supposed"),
    ("evidenced", "Evidenced"),
    ("proven", "Proven for disclosure"),
]
CASE_STATE_SELECTION = [
    ("open", "Open"),
    ("waiting", "Waiting for customer"),
    ("snoozed", "Snoozed"),
    ("closed", "Closed"),
]
PRIORITY_SELECTION = [("0", "Normal"), ("1", "High"), ("2", "Urgent")]
OUTBOX_OPERATIONS = [
    ("send", "Send a message or reply"),
    ("publish", "Publish a post"),
    ("edit", "Edit"),
    ("delete", "Delete"),
    ("hide", "Hide"),
    ("unhide", "Unhide"),
    ("remove", "Remove somebody's words"),
    ("spam", "Mark as spam"),
    ("approve", "Approve"),
    ("report", "Report"),
    ("ban", "Ban"),
    ("unban", "Lift a ban"),
    ("react", "React"),
    ("unreact", "Take a reaction back"),
    ("mark_read", "Mark as read"),
    ("revoke", "Revoke"),
    ("erase", "Erase remotely"),
]
OUTBOX_STATES = [
    ("approval", "Waiting for approval"),
    ("held", "Held"),
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("unknown", "Unknown outcome"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("by_hand", "To be done by hand"),
    ("cancelled", "Taken back"),
]
# A message after this many days no longer belongs to a closed matter (setting of the company).
REOPEN_DAYS = 7
# Grounds of an identity that count as the person's own consent where a network asks for it.
CONSENTED = frozenset({"given", "opt_in"})
# Roles we do not sell to: of their words no lead is made.
ROLES_WITHOUT_LEAD = frozenset({"press", "competitor", "bot", "employee"})
# Marks the words of an interaction where a lead quotes them, so that they can be taken back.
QUOTE_CLASS = "o_social_crm_quote_%s"
