import { Component, markup, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

import { actionsOf } from "./talk_actions";
import { partsOf } from "./talk_log";

const { DateTime } = luxon;

const KINDS = {
    post: _t("Post"),
    message: _t("Message"),
    comment: _t("Comment"),
    reply: _t("Answer"),
    mention: _t("Mention"),
    share: _t("Share"),
    review: _t("Review"),
    story: _t("Story"),
    story_mention: _t("Story mention"),
    follow: _t("Follows you"),
    system: _t("Network notice"),
};
const VISIBILITIES = {
    public: { icon: "fa-globe", label: _t("Everybody can read this") },
    unlisted: { icon: "fa-globe", label: _t("Everybody who finds it can read this") },
    followers: { icon: "fa-users", label: _t("Followers can read this") },
    direct: { icon: "fa-envelope-o", label: _t("Only the two of you can read this") },
    group: { icon: "fa-users", label: _t("The group can read this") },
};
const ROLES = {
    customer: _t("Customer"),
    press: _t("Press"),
    competitor: _t("Competitor"),
    bot: _t("Bot"),
    partner: _t("Business partner"),
    employee: _t("Employee, by own word"),
};
const REACTIONS = { like: "👍", favourite: "★", love: "❤️", haha: "😆", wow: "😮", sad: "😢", angry: "😠", share: "🔁" };
const FIGURES = {
    likes: { icon: "fa-heart-o", label: _t("Likes") },
    replies: { icon: "fa-comment-o", label: _t("Comments") },
    comments: { icon: "fa-comment-o", label: _t("Comments") },
    shares: { icon: "fa-retweet", label: _t("Shares") },
    quotes: { icon: "fa-quote-right", label: _t("Quotes") },
    views: { icon: "fa-eye", label: _t("Views") },
    reach: { icon: "fa-bullhorn", label: _t("Reach") },
};
const DELIVERIES = {
    queued: { icon: "fa-clock-o", label: _t("On its way") },
    approval: { icon: "fa-user-plus", label: _t("Waits for approval") },
    sent: { icon: "fa-check", label: _t("Sent") },
    delivered: { icon: "fa-check", label: _t("Delivered"), twice: true },
    read: { icon: "fa-check", label: _t("Read"), twice: true, class: "text-primary" },
    unknown: { icon: "fa-question-circle", label: _t("Nobody knows yet whether it arrived"), class: "text-warning" },
    failed: { icon: "fa-exclamation-triangle", label: _t("Not sent"), class: "text-danger" },
    cancelled: { icon: "fa-undo", label: _t("Taken back before it left") },
};
// How an answer was given, where no colleague wrote it for this very case.
const MARKED_ANSWERS = {
    automatic: "fa-cogs",
    away: "fa-moon-o",
    elsewhere: "fa-external-link",
    template: "fa-file-text-o",
};

/** Words of a moment in the reader's own time: short, and whole for the tooltip. */
export function momentOf(date) {
    const moment = deserializeDateTime(date);
    const isToday = moment.hasSame(DateTime.now(), "day");
    return {
        short: moment.toLocaleString(
            isToday ? DateTime.TIME_SIMPLE : { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }
        ),
        time: moment.toLocaleString(DateTime.TIME_SIMPLE),
        whole: formatDateTime(moment),
    };
}

/** Seconds until something leaves; calls back once at the end. */
export class TalkCountdown extends Component {
    static template = "social_crm_channels.TalkCountdown";
    static props = { until: String, onDone: Function };

    setup() {
        this.state = useState({ left: this.left });
        const timer = browser.setInterval(() => {
            this.state.left = this.left;
            if (!this.state.left) {
                browser.clearInterval(timer);
                this.props.onDone();
            }
        }, 1000);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get words() {
        const { left } = this.state;
        const seconds = String(left % 60).padStart(2, "0");
        return left < 60 ? _t("Leaves in %s s", left) : _t("Leaves in %s", `${Math.floor(left / 60)}:${seconds}`);
    }

    get left() {
        const until = deserializeDateTime(this.props.until);
        return Math.max(0, Math.ceil(until.diffNow("seconds").seconds));
    }
}

/** One thing that was said, as it looks on its network: a post, a comment or a message. */
export class TalkEntry extends Component {
    static template = "social_crm_channels.TalkEntry";
    static components = { Dropdown, DropdownItem, TalkCountdown };
    static props = {
        entry: Object,
        look: { type: String, validate: (look) => ["post", "comment", "message"].includes(look) },
        place: { type: Object, optional: true },
        quote: { type: [Object, { value: null }], optional: true },
        depth: { type: Number, optional: true },
        isFollowing: { type: Boolean, optional: true },
        isNew: { type: Boolean, optional: true },
        isReadUpTo: { type: Boolean, optional: true },
        onQuote: { type: Function, optional: true },
        position: { type: Number, optional: true },
        total: { type: Number, optional: true },
    };
    static defaultProps = { depth: 0 };

    setup() {
        this.store = this.env.inbox;
        this.state = useState({ showsVersions: false, broken: {} });
        this.momentOf = momentOf;
        this.partsOf = partsOf;
    }

    get entry() {
        return this.props.entry;
    }

    get isOurs() {
        return this.entry.direction === "out";
    }

    get kind() {
        return KINDS[this.entry.type] || this.entry.type;
    }

    get label() {
        const { author, date, body, title } = this.entry;
        const said = (title || body || "").slice(0, 80);
        return `${author.name}, ${this.kind}, ${momentOf(date).whole}${said ? ": " + said : ""}`;
    }

    get visibility() {
        return VISIBILITIES[this.entry.visibility] || VISIBILITIES.public;
    }

    get role() {
        return ROLES[this.entry.author.role] || "";
    }

    get initials() {
        return (this.entry.author.name || "?").trim().charAt(0).toUpperCase();
    }

    /** Why there are no words, where there are none. */
    get absence() {
        const { state, moderation } = this.entry;
        if (state === "deleted") {
            return moderation?.operation === "remove" ? _t("Removed by us") : _t("Deleted by its author");
        }
        if (state === "expired") {
            return _t("No longer kept: the network's rules end its storage");
        }
        if (state === "encrypted" && !this.entry.body) {
            return _t("Encrypted: it can be read on the network only");
        }
        return "";
    }

    get html() {
        // sanitised when the item was read from its network
        return this.entry.html ? markup(this.entry.html) : null;
    }

    /** The language it is in, where that is not the reader's own. */
    get language() {
        const code = (this.entry.language || "").split("_")[0];
        return code && code !== user.lang.split("-")[0] ? code : "";
    }

    get stars() {
        const full = Math.round(this.entry.rating);
        return "★".repeat(full) + "☆".repeat(Math.max(0, 5 - full));
    }

    get figures() {
        return Object.entries(this.entry.counters)
            .filter(([key, value]) => FIGURES[key] && value)
            .map(([key, value]) => ({ key, value: value.toLocaleString(), ...FIGURES[key] }));
    }

    get reactions() {
        return this.entry.reactions.map((reaction) => ({
            ...reaction,
            sign: REACTIONS[reaction.reaction] || reaction.reaction || "👍",
        }));
    }

    get delivery() {
        const waits = this.entry.outbox?.state === "approval" && !this.underway;
        const delivery =
            this.isOurs &&
            this.entry.type !== "post" &&
            DELIVERIES[waits ? "approval" : this.entry.delivery];
        return delivery || null;
    }

    get answerMark() {
        const type = this.entry.answer_type;
        const icon = type && MARKED_ANSWERS[type.code];
        return icon ? { icon, name: type.name } : null;
    }

    /** What is under way to the network with this, in words; nothing for our own sending. */
    get underway() {
        const row = this.entry.outbox;
        if (!row || ["send", "publish"].includes(row.operation)) {
            return null;
        }
        const words = {
            approval: _t("Waits for approval"),
            by_hand: _t("To be done by hand on the network"),
            failed: _t("Not done: %s", row.error),
            unknown: _t("Nobody knows yet whether it was done"),
        };
        return { state: row.state, words: words[row.state] || _t("On its way"), label: row.label || "" };
    }

    mediaKind(medium) {
        const kind = medium.mimetype.split("/")[0];
        const isShown = medium.shown && !this.state.broken[medium.url];
        return isShown && ["image", "video", "audio"].includes(kind) ? kind : "link";
    }

    mediaName(medium) {
        return medium.name || medium.alt || _t("Picture or file on the network");
    }

    get actions() {
        return actionsOf(this.entry, this.store);
    }

    get buttons() {
        return this.actions.filter((action) => action.isButton);
    }

    get urgent() {
        return this.actions.filter((action) => action.isUrgent);
    }

    get menu() {
        return this.actions.filter((action) => !action.isUrgent);
    }

    run(action) {
        return action.run(this.entry, this.store);
    }

    async release() {
        const row = this.entry.outbox;
        if (row.mine && row.state === "held") {
            try {
                await this.store.services.orm.silent.call("social.crm.outbox", "action_release", [[row.id]]);
            } catch {
                // another screen, or the worker, was quicker: the next look tells
            }
        }
        await this.store.changed([this.store.caseId]);
    }
}
