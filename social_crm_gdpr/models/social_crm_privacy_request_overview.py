# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter

from markupsafe import escape

from odoo import fields, models
from odoo.tools import format_date

from ..tools.package import PdfPart, html_head
from .social_crm_privacy_request_package import FORMATS, _font_path


class SocialCrmPrivacyRequest(models.Model):
    """The first page of a package: what Art. 15(1) and (2) ask for besides the data itself."""

    _inherit = "social.crm.privacy.request"

    def _write_overview(self, folder, counts):
        """Write it beside the parts, as a page and, where people read it, as PDF.

        :param Path folder: of the package
        :param dict counts: model to how many rows were found
        """
        title = self.env._("Your data at %(company)s", company=self.company_id.name)
        chapters = self._overview(counts)
        parts = sorted(path.name for path in (folder / "data").iterdir())
        with (folder / "data" / "index.html").open("w", encoding="utf-8") as page:
            page.write(html_head(title, self._person_lang().split("_")[0]))
            for heading, lines in chapters:
                page.write(f"<h2>{escape(heading)}</h2>\n")
                page.writelines(f"<p>{escape(line)}</p>\n" for line in lines)
            page.write(f"<h2>{escape(self.env._('The files'))}</h2>\n<ul>\n")
            page.writelines(
                f'<li><a href="data/{escape(name)}">{escape(name)}</a></li>\n' for name in parts
            )
            page.write("</ul>\n</body></html>\n")
        if "pdf" not in FORMATS[self.kind]:
            return
        printed = PdfPart(
            folder / "data" / "index.pdf",
            title,
            font_path=_font_path(),
            elsewhere=self._elsewhere(),
        )
        for heading, lines in chapters:
            printed.text(heading, 12)
            for line in lines:
                printed.text(line)
                printed.gap()
        printed.close()

    def _overview(self, counts):
        """Headings with their paragraphs, in the person's language.

        :rtype: list[tuple[str, list[str]]]
        """
        law = self.jurisdiction_id
        company_sudo = self.company_id.sudo()  # sudo: who we are
        return [
            (
                self.env._("This copy"),
                [
                    self.env._(
                        "Request %(number)s of %(asked)s, answered on %(today)s (%(article)s).",
                        number=self.name,
                        asked=format_date(self.env, self.received_at),
                        today=format_date(self.env, fields.Date.context_today(self)),
                        article=law._article(self.kind),
                    ),
                    self.env._(
                        "Controller: %(company)s, %(contact)s",
                        company=company_sudo.name,
                        contact=company_sudo.email or company_sudo.phone or company_sudo.city,
                    ),
                    self.env._(
                        "Every row says where it is from. What other people said in shared threads "
                        "and the names of our staff are left out, for their rights' sake."
                    ),
                    *self._overview_shared(),
                ],
            ),
            (
                self.env._("What we hold"),
                [
                    *(f"{self._section_title(name)}: {count}" for name, count in counts.items()),
                    *self._overview_other(),
                ],
            ),
            (self.env._("Why, for how long, and who receives it"), self._overview_register()),
            (self.env._("Where it comes from"), self._overview_sources()),
            (self.env._("Profiles and decisions"), self._overview_profiling()),
            (
                self.env._("Your rights"),
                [
                    self.env._(
                        "You can have it corrected (%(rectification)s) or erased (%(erasure)s), "
                        "have its use restricted (%(restriction)s), object (%(objection)s) and "
                        "withdraw consent (%(withdrawal)s).",
                        rectification=law.rectification_article,
                        erasure=law.erasure_article,
                        restriction=law.restriction_article,
                        objection=law.objection_article,
                        withdrawal=law.withdrawal_article,
                    ),
                    self.env._(
                        "You can complain to %(authority)s (%(article)s).",
                        authority=law.authority or "",
                        article=law.complaint_article,
                    ),
                ],
            ),
        ]

    def _overview_other(self):
        """Rows of other apps that name the person and are not told one by one.

        :rtype: list[str]
        """
        if not self.subject_partner_ids:
            return []
        told, counts = set(self._sections()), Counter()
        found = self.env["social.crm.partner.merge"]._other_rows(self.subject_partner_ids)
        for rows in found.values():
            counts.update({name: len(ids) for name, ids in rows.items() if name not in told})
        if not counts:
            return []
        return [
            self.env._(
                "Further records of our business name you: %(records)s. Ask us, and we tell you "
                "what they say.",
                records=", ".join(
                    f"{self._section_title(name)}: {count}"
                    for name, count in sorted(counts.items())
                ),
            )
        ]

    def _overview_shared(self):
        if not self.has_shared:
            return []
        return [
            {
                "none": self.env._("Accounts you share with others are left out."),
                "period": self.env._(
                    "Of accounts you share with others, what was said from %(begin)s until "
                    "%(end)s is told.",
                    begin=format_date(self.env, self.shared_from),
                    end=format_date(self.env, self.shared_to) or "…",
                ),
                "all": self.env._("All who write from the shared accounts agreed to this copy."),
            }[self.shared_scope]
        ]

    def _overview_register(self):
        """What the register of processing says, in the person's language.

        :rtype: list[str]
        """
        # sudo: the person has a right to it (Art. 15(1)(a) to (d))
        register_sudo = self.env["social.crm.processing.activity"].sudo()
        bases = dict(register_sudo._fields["legal_basis"]._description_selection(self.env))
        platforms = self.subject_identity_ids.platform_id
        concerned = register_sudo.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "in_force")]
        ).filtered(
            lambda one: not one.platform_ids or one.platform_ids & platforms
        )
        return [
            self.env._(
                "Purpose: answering what you write to us. Recipients: the network on which you "
                "wrote, %(networks)s, which carries our answers, and our staff who write them.",
                networks=", ".join(platforms.mapped("name")) or "–",
            )
        ] + [
            " ".join(
                f"{label}: {text.strip().rstrip('.')}."
                for label, text in (
                    (self.env._("Processing"), one.name),
                    (self.env._("Purpose"), one.purpose),
                    (self.env._("Legal basis"), bases.get(one.legal_basis)),
                    (self.env._("Recipients"), one.recipients),
                    (self.env._("Transfer to other countries"), one.transfer),
                    (self.env._("Kept for"), one.retention),
                )
                if text
            )
            for one in concerned
        ]

    def _overview_sources(self):
        platforms = self.subject_identity_ids.platform_id
        return [
            self.env._(
                "From %(network)s: what you wrote to us or about us there in public, and what your "
                "profile shows.",
                network=platform.name,
            )
            for platform in platforms
        ] + [
            self.env._(
                "From you directly and from our staff, who write down what you tell and what we do."
            )
        ]

    def _overview_profiling(self):
        """Art. 15(1)(h), in plain words, with what is concluded of the person now.

        :rtype: list[str]
        """
        lines = [
            self.env._(
                "Mood: a program looks at the words of a message and guesses whether it is "
                "friendly, neutral or angry, so that urgent ones are read first. It is a guess, "
                "and may be wrong."
            ),
            self.env._(
                "Segment: from what you bought and how you wrote to us we conclude whether you are "
                "new, a customer or a former one, so that we speak to you fittingly."
            ),
            self.env._(
                "Routing: by language, topic and network a message is given to the team that can "
                "answer it."
            ),
            self.env._(
                "No decision about you is made by a machine alone: nothing is refused, closed, "
                "hidden, withheld or priced by mood, segment or number of followers (GDPR Art. 22)."
            ),
        ]
        if not self.subject_identity_ids._may_profile():
            lines.append(self.env._("At present no profile of you is made."))
        for partner in self.subject_partner_ids:
            declared = partner._personal_data_fields()
            said = partner._privacy_rows(
                partner._privacy_columns(), self.subject_identity_ids, self.subject_partner_ids
            )
            lines += [
                f"{partner._fields[name]._description_string(self.env)}: {row[name]}"
                for row in said
                for name, personal in declared.items()
                if personal.category == "profiling" and row.get(name) not in (None, False, [], 0)
            ]
        return lines
