import {
    Component,
    onMounted,
    onPatched,
    onWillPatch,
    onWillRender,
    toRaw,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

import { actionsOf } from "./talk_actions";
import { TalkEntry } from "./talk_entry";
import { TalkLog, blocksOf, isNew, readUpTo } from "./talk_log";

const { DateTime } = luxon;

const NEAR = 60; // pixels from an end that count as being there
const HELD_LIMIT = 300; // so many entries are read anew when something changes

/** What was said, as it looks on the network, over all conversations of the case. */
export class InboxTalk extends Component {
    static template = "social_crm_channels.InboxTalk";
    static components = { TalkEntry };
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.log = new TalkLog();
        this.state = useState({ version: 0, below: 0, isReadingOlder: false });
        this.feed = useRef("feed");
        this.caseId = null;
        this.page = null;
        this.scroll = { mode: null, height: 0, top: 0, isAtEnd: true, sticks: true };
        this.onScroll = useDebounced(() => this.scrolled(), 50, { trailing: true });

        onWillPatch(() => this.rememberScroll());
        onPatched(() => this.restoreScroll());
        onMounted(() => this.restoreScroll());
        // The composer below grows and shrinks: who was at the end stays there.
        useEffect(
            (feed) => {
                const observer = new ResizeObserver(() => {
                    if (this.scroll.sticks) {
                        feed.scrollTop = feed.scrollHeight;
                    }
                });
                observer.observe(feed);
                return () => observer.disconnect();
            },
            () => [this.feed.el]
        );
        useBus(this.env.inbox.bus, "focus-talk", () => this.focusLast());
        useBus(this.env.inbox.bus, "sent", () => {
            this.scroll.followsOwn = true; // who has just said something wants to see it
        });
        // Before the template reads it, so that nothing is ever shown without it.
        onWillRender(() => this.follow());
    }

    // --- what is shown ---------------------------------------------------------------------

    /** One flat list, so that what one looks at stays the same element whatever comes around it. */
    get rows() {
        this.state.version; // the log is no reactive object: it is told by its version
        const blocks = blocksOf(this.log, {
            userId: user.userId,
            dayOf: (date) => deserializeDateTime(date).toISODate(),
        });
        let position = 0;
        return blocks.flatMap((block) => {
            const readKey = readUpTo(block);
            const head = block.place ? [{ kind: "place", key: `place-${block.key}` }] : [];
            if (block.root) {
                const { root } = block;
                head.push(
                    block.isAgain
                        ? { kind: "again", key: `again-${block.key}`, root }
                        : { kind: "post", key: `post-${root.id}`, root }
                );
            }
            return [...head, ...block.rows].map((row) => ({
                ...row,
                block,
                readKey,
                position: row.kind === "entry" ? ++position : undefined,
            }));
        });
    }

    isNew(entry) {
        return isNew(entry, this.log.lookedAt, user.userId);
    }

    dayLabel(date) {
        const day = deserializeDateTime(date);
        const today = DateTime.now();
        if (day.hasSame(today, "day")) {
            return _t("Today");
        }
        if (day.hasSame(today.minus({ days: 1 }), "day")) {
            return _t("Yesterday");
        }
        return day.toLocaleString(DateTime.DATE_HUGE);
    }

    /** How an entry that is no interaction looks: whoever adds the kind says so. */
    componentOf(entry) {
        return registry.category("social_crm.talk_entries").get(entry.kind, null);
    }

    get belowLabel() {
        return this.state.below === 1 ? _t("1 new below") : _t("%s new below", this.state.below);
    }

    // --- what comes in ---------------------------------------------------------------------

    /** Take in what the store has got: another case, or news of this one. */
    follow() {
        if (this.caseId !== this.store.caseId) {
            this.caseId = this.store.caseId;
            this.page = null;
            this.log.clear();
            this.scroll.mode = null;
        }
        const page = toRaw(this.store.data.talk);
        if (page && page !== this.page) {
            const isFirst = !this.page;
            this.page = page;
            this.receive(page, isFirst);
        }
    }

    receive(page, isFirst) {
        if (isFirst) {
            this.log.lookedAt = page.looked_at;
        }
        const added = this.log.latest(page);
        this.scroll.mode = isFirst ? "open" : "newer";
        const showsEnd = isFirst || this.isAtEnd || this.scroll.followsOwn;
        const below = showsEnd ? 0 : this.state.below + added.length;
        if (below !== this.state.below) {
            this.state.below = below;
        }
        if (this.log.entries.length > page.entries.length) {
            this.refreshHeld(this.log.entries.length);
        }
        if (isFirst || added.length) {
            this.store.call("inbox_looked");
        }
    }

    /** Older pages may have changed as well: read what is held once more, in one go. */
    async refreshHeld(held) {
        const caseId = this.caseId;
        const page = await this.store.call("inbox_talk", [false, Math.min(held, HELD_LIMIT)]);
        if (this.caseId === caseId) {
            this.log.latest(page);
            this.scroll.mode = "newer";
            this.state.version++;
        }
    }

    async readOlder() {
        if (this.state.isReadingOlder || !this.log.more) {
            return;
        }
        this.state.isReadingOlder = true;
        const caseId = this.caseId;
        try {
            const page = await this.store.call("inbox_talk", [this.log.before]);
            if (this.caseId === caseId) {
                this.log.earlier(page);
                this.scroll.mode = "older";
                this.state.version++;
            }
        } finally {
            this.state.isReadingOlder = false;
        }
    }

    // --- scrolling: nothing moves under the reader's eyes ------------------------------------

    get isAtEnd() {
        const feed = this.feed.el;
        return !feed || feed.scrollHeight - feed.scrollTop - feed.clientHeight < NEAR;
    }

    rememberScroll() {
        const feed = this.feed.el;
        if (feed) {
            Object.assign(this.scroll, {
                top: feed.scrollTop,
                height: feed.scrollHeight,
                isAtEnd: this.isAtEnd,
            });
        }
    }

    restoreScroll() {
        const feed = this.feed.el;
        const mode = this.scroll.mode;
        this.scroll.mode = null;
        if (!feed || !mode) {
            return;
        }
        if (mode === "open") {
            const line = feed.querySelector(".o_social_talk_new");
            feed.scrollTop = line ? line.offsetTop - feed.clientHeight / 3 : feed.scrollHeight;
        } else if (mode === "older") {
            feed.scrollTop = this.scroll.top + feed.scrollHeight - this.scroll.height;
        } else if (this.scroll.isAtEnd || this.scroll.followsOwn) {
            feed.scrollTop = feed.scrollHeight;
            this.scroll.followsOwn = false;
        } else {
            feed.scrollTop = this.scroll.top;
        }
        this.scroll.sticks = this.isAtEnd;
    }

    scrolled() {
        const feed = this.feed.el;
        if (!feed) {
            return;
        }
        this.scroll.sticks = this.isAtEnd;
        if (this.isAtEnd) {
            this.state.below = 0;
        }
        if (feed.scrollTop < 4 * NEAR) {
            this.readOlder();
        }
    }

    goDown() {
        this.state.below = 0;
        this.feed.el.scrollTo({ top: this.feed.el.scrollHeight, behavior: "smooth" });
    }

    /** Go to what is quoted: on this screen, in its own case, or where it was said. */
    async showQuoted(quote) {
        if (quote.key) {
            this.goTo(quote.key);
        } else if (quote.case_id && quote.case_id !== this.caseId) {
            await this.store.open(quote.case_id);
        } else if (quote.permalink) {
            browser.open(quote.permalink, "_blank", "noopener");
        }
    }

    goTo(key) {
        const article = this.feed.el.querySelector(`[data-key="${key}"]`);
        article?.scrollIntoView({ block: "center" });
        article?.focus();
    }

    focusLast() {
        const last = [...this.feed.el.querySelectorAll("[role=article]")].at(-1);
        (last || this.feed.el).focus();
        last?.scrollIntoView({ block: "nearest" });
    }

    // --- keys --------------------------------------------------------------------------------

    onKeydown(ev) {
        if (ev.ctrlKey || ev.altKey || ev.metaKey || ev.target.closest("input, textarea, .dropdown-menu")) {
            return;
        }
        const articles = [...this.feed.el.querySelectorAll("[role=article]")];
        const index = articles.indexOf(ev.target.closest("[role=article]"));
        const next = {
            ArrowDown: Math.min(index + 1, articles.length - 1),
            ArrowUp: index < 0 ? articles.length - 1 : Math.max(index - 1, 0),
            Home: 0,
            End: articles.length - 1,
        }[ev.key];
        if (next !== undefined && articles.length) {
            ev.preventDefault();
            articles[next].focus();
            articles[next].scrollIntoView({ block: "nearest" });
            return;
        }
        const key = articles[index]?.dataset.key;
        const entry =
            this.log.entries.find((one) => one.key === key) ||
            Object.values(this.log.roots).find((one) => one.key === key);
        const action = entry && actionsOf(entry, this.store).find((one) => one.hotkey === ev.key);
        if (action) {
            ev.preventDefault(); // the inbox's own command of that key is for the whole case
            action.run(entry, this.store);
        }
    }
}
