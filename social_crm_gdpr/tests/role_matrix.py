# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Who may do what with every model of the suite, written down to be judged by a person.

A new model is missing here, and the test says so: think about who needs it before adding it. Rights
are what access lists give; record rules narrow them further (teams, own rows, confidential cases).
"""

ROLES = (
    "public",
    "portal",
    "user",
    "viewer",
    "agent",
    "publisher",
    "team_leader",
    "manager",
    "privacy_clerk",
    "privacy_officer",
)

#: One line of rights a role, in the order above: r read, w write, c create, d delete, - nothing.
RIGHTS = {
    "- - - - - - - - r r": """
        social.crm.access.log
        social.crm.erasure.hit
        social.crm.erasure.line
        social.crm.evidence
        social.crm.suppression
        social.crm.suppression.hit
    """,
    "- - - - - - - - rwcd r": """
        social.crm.balancing.test
        social.crm.notice
        social.crm.notice.text
        social.crm.age.limit
        social.crm.privacy.text
        social.crm.privacy.trigger
        social.crm.retention.rule
        social.crm.special.term
    """,
    "- - - - - - - rwcd r r": """
        social.crm.archive
        social.crm.archive.part
        social.crm.archive.person
        social.crm.archive.problem
    """,
    "- - - r rw r rw rwcd r r": """
        social.crm.agent
    """,
    "- - - - r - r r r r": """
        social.crm.consent
    """,
    "- - - - - - - - rwcd -": """
        social.crm.consent.import
        social.crm.consent.import.line
        social.crm.privacy.check
        social.crm.privacy.tell
    """,
    "- - - - rwcd - rwcd rwcd rwcd -": """
        social.crm.consent.record
        social.crm.privacy.start
        social.crm.interaction.retain
    """,
    "- - - r r r r rwcd r r": """
        social.crm.answer.type
        social.crm.app
        social.crm.away.message
        social.crm.case.reason
        social.crm.case.substate
        social.crm.channel
        social.crm.moderation.reason
        social.crm.platform.rule
        social.crm.relation.rule
        social.crm.response.policy
        social.crm.rule
        social.crm.tag
        social.crm.team
    """,
    "- - - - r - r r - r": """
        social.crm.approval
        social.crm.approval.log
    """,
    "- - - - - - rwcd rwcd - -": """
        social.crm.approval.decide
    """,
    "- - - - rwcd - rwcd rwcd - -": """
        social.crm.ask
        social.crm.case.close
        social.crm.case.join
        social.crm.case.snooze
        social.crm.case.split
        social.crm.goodwill.give
        social.crm.idea.collect
        social.crm.idea.join
        social.crm.idea.tell
        social.crm.idea.tell.line
        social.crm.idea.tell.text
        social.crm.identity.add
        social.crm.identity.connect
        social.crm.import.line
        social.crm.interaction.log
        social.crm.lead.create
        social.crm.lead.create.line
        social.crm.macro.run
        social.crm.moderate
        social.crm.proof.enter
        social.crm.reply
        social.crm.rule.test
        social.crm.rule.test.line
        social.crm.share
        social.crm.shift.note
        social.crm.transfer
    """,
    "- - - r r r rwcd rwcd r r": """
        social.crm.brand.rule
        social.crm.protocol
    """,
    "- - - - - - - - rwc r": """
        social.crm.breach
        social.crm.erasure
        social.crm.legal.hold
        social.crm.privacy.request
        social.crm.restriction
    """,
    "- - - r rwc r rwc rwcd r r": """
        social.crm.case
        social.crm.identity
        social.crm.identity.alias
        social.crm.identity.link
    """,
    "- - - r r r r r r r": """
        social.crm.case.cycle
        social.crm.case.look
        social.crm.case.response
        social.crm.channel.sync
        social.crm.deadline.notice
        social.crm.goodwill
        social.crm.metric
        social.crm.moderation
        social.crm.proof
        social.crm.protocol.reading
        social.crm.service.figure
    """,
    "- - - - - - - rwcd - -": """
        social.crm.connect
        social.crm.connect.account
        social.crm.connect.secret
        social.crm.feed.import
        social.crm.feed.import.line
        social.crm.matrix.registration
        social.crm.sandbox.play
    """,
    "- - - r rwc r rwc rwc r r": """
        social.crm.conversation
        social.crm.interaction
        social.crm.partner.origin
    """,
    "- - - - - - - - - -": """
        social.crm.credential
        social.crm.form.cap
        social.crm.privacy.token
    """,
    "- - - r r r r r rwcd r": """
        social.crm.consent.phrase
        social.crm.purpose
        social.crm.purpose.text
        social.crm.jurisdiction
    """,
    "- - - - - - - - rc rc": """
        social.crm.data.map
    """,
    "- - - rwcd rwcd rwcd rwcd rwcd rwcd rwcd": """
        social.crm.unmask
        social.crm.draft
        social.crm.inbox.filter
    """,
    "- - - - - - - r r r": """
        social.crm.event
    """,
    "- - - r rwc r rwcd rwcd r r": """
        social.crm.idea
    """,
    "- - - r rwcd r rwcd rwcd r r": """
        social.crm.idea.supporter
        social.crm.macro
        social.crm.macro.step
    """,
    "- - - r rwc rwc rwc rwc r r": """
        social.crm.outbox
    """,
    "- - - - r - r r - -": """
        social.crm.partner.merge
    """,
    "- - r r r r r rwcd r r": """
        social.crm.platform
    """,
    "- - - - - - - rwcd rwcd r": """
        social.crm.platform.override
    """,
    "- - - - - - - r rwcd r": """
        social.crm.processing.activity
    """,
    "- - rw rw rwc rw rwc rwcd rw rw": """
        social.crm.question
    """,
    "- - - - - - - r - -": """
        social.crm.sandbox.delivery
    """,
}

#: Without company: vocabularies and facts all companies share, or rows of one user alone.
SHARED = """
    social.crm.age.limit
    social.crm.answer.type
    social.crm.case.look
    social.crm.case.reason
    social.crm.consent.phrase
    social.crm.draft
    social.crm.form.cap
    social.crm.jurisdiction
    social.crm.moderation.reason
    social.crm.platform
    social.crm.platform.rule
    social.crm.privacy.text
    social.crm.privacy.token
    social.crm.privacy.trigger
    social.crm.purpose
    social.crm.purpose.text
    social.crm.special.term
    social.crm.tag
"""
