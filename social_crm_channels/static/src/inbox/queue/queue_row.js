import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { imageUrl } from "@web/core/utils/urls";

import { useClock } from "../inbox_clock";

const RISKY = 40;
const TAGS = 2;

/** One case, or the comments below one post, in the queue. */
export class QueueRow extends Component {
    static template = "social_crm_channels.QueueRow";
    static props = {
        row: Object,
        level: Number,
        isOpen: Boolean,
        isUnfolded: Boolean,
        isChosen: Boolean,
        isCurrent: Boolean,
        typing: Array,
        onOpen: Function,
        onChoose: Function,
    };

    setup() {
        this.clock = useClock();
        this.state = useState({ hasAvatarFailed: false });
    }

    get row() {
        return this.props.row;
    }
    get isPost() {
        return this.row.kind === "post";
    }
    get initial() {
        return [...this.row.customer.replace(/^@/, "")][0]?.toUpperCase() || "?";
    }
    get avatar() {
        const { partner_id } = this.row;
        return (
            !this.isPost && partner_id && !this.state.hasAvatarFailed &&
            imageUrl("res.partner", partner_id, "avatar_128")
        );
    }
    get assigneeAvatar() {
        return imageUrl("res.users", this.row.user.id, "avatar_128");
    }
    get title() {
        return this.isPost ? _t("%s comments", this.row.count) : this.row.customer || this.row.name;
    }
    get subtitle() {
        return this.isPost ? _t("under “%s”", this.row.title || _t("a post")) : this.row.name;
    }
    /** The last words, where they say more than the subject, which is their beginning at first. */
    get words() {
        const { said, name } = this.row;
        const text = said.text || "";
        return text.startsWith(name.replace(/…$/, "")) && text.length <= name.length ? "" : text;
    }
    get tags() {
        return this.row.tags.slice(0, TAGS);
    }
    get moreTags() {
        return this.row.tags.length - TAGS;
    }
    get hasMarks() {
        const { tags, mood, user } = this.row;
        return this.props.level === 1 || tags.length || mood || this.isRisky || user.id;
    }
    get isRisky() {
        return this.row.risk >= RISKY;
    }

    /** What time matters most: when it is due, else since when one waits, else the last word. */
    get time() {
        const { deadline, waiting_since, snoozed_until, last_date, state } = this.row;
        if (state === "snoozed" && snoozed_until) {
            return this.moment(snoozed_until, _t("Comes back"), "fa-moon-o");
        }
        if (deadline) {
            const left = deserializeDateTime(deadline).diff(this.clock.now).as("minutes");
            const look = left < 0 ? "text-danger fw-bold" : left < 60 ? "text-warning fw-bold" : "text-muted";
            return this.moment(deadline, left < 0 ? _t("Overdue since") : _t("Due"), "fa-clock-o", look);
        }
        if (waiting_since) {
            return this.moment(waiting_since, _t("Waiting since"), "fa-hourglass-half");
        }
        return last_date && this.moment(last_date, _t("Last word"));
    }
    moment(text, label, icon = "", look = "text-muted") {
        const date = deserializeDateTime(text);
        const words =
            Math.abs(date.diff(this.clock.now).as("seconds")) < 60
                ? _t("now")
                : date.toRelative({ base: this.clock.now, style: "narrow" });
        return { words, label, icon, look, title: `${label} ${formatDateTime(date)}` };
    }

    get spokenLabel() {
        const { row } = this;
        const parts = [this.title, this.subtitle];
        if (row.is_mentioned) {
            parts.push(_t("mentions you"));
        } else if (row.is_new) {
            parts.push(_t("new"));
        }
        if (this.isPost) {
            parts.push(this.props.isUnfolded ? _t("unfolded") : _t("folded"));
        }
        parts.push(row.platform.name, this.time?.title, this.words);
        return parts.filter(Boolean).join(", ");
    }

    onClick(ev) {
        if (ev.shiftKey || ev.ctrlKey || ev.metaKey) {
            ev.preventDefault();
            this.props.onChoose(this.row, ev.shiftKey);
        } else {
            this.props.onOpen(this.row);
        }
    }
    onChoose(ev) {
        this.props.onChoose(this.row, ev.shiftKey);
    }
}
