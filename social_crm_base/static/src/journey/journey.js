import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { formatDate, formatDateTime, deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const { DateTime } = luxon;

export const JOURNEY_MODEL = "social.crm.journey";
const NO_FILTERS = {
    type: "",
    channel: "",
    direction: "",
    mood: "",
    dateFrom: "",
    dateTo: "",
    text: "",
};

/**
 * Everything between a person and us on one line of time, newest first.
 *
 * The server sends pages; here they are grouped by day in the reader's time zone, filtered by
 * asking anew, and walked through with the arrow keys.
 */
export class Journey extends Component {
    static template = "social_crm_base.Journey";
    static props = {
        resModel: String,
        resId: Number,
        types: { type: Array, element: String, optional: true },
        // Counts up when the page around knows of something new.
        revision: { type: Number, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.list = useRef("list");
        this.filters = useState({ ...NO_FILTERS });
        this.state = useState({
            entries: [],
            cursor: false,
            options: { types: [], channels: [], moods: [] },
            notice: "",
            status: "loading",
            showFilters: false,
        });
        this.searchSoon = useDebounced(() => this.reload(), 300);
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => {
            const names = ["resModel", "resId", "revision", "types"];
            if (names.some((name) => next[name] !== this.props[name])) {
                return this.load(next);
            }
        });
    }

    // --- asking ---

    query({ types }) {
        const { type, channel, direction, mood, dateFrom, dateTo, text } = this.filters;
        const query = {};
        if (type || types) {
            query.types = type ? [type] : types;
        }
        if (channel) {
            query.channel_ids = [Number(channel)];
        }
        // Days are the reader's own: their midnight, not that of UTC.
        if (dateFrom) {
            query.date_from = serializeDateTime(DateTime.fromISO(dateFrom));
        }
        if (dateTo) {
            query.date_to = serializeDateTime(DateTime.fromISO(dateTo).plus({ days: 1 }));
        }
        return Object.assign(query, direction && { direction }, mood && { mood }, text && { text });
    }

    get isFiltered() {
        return Object.values(this.filters).some(Boolean);
    }

    ask(props, cursor) {
        return this.keepLast.add(
            this.orm.silent.call(JOURNEY_MODEL, "get_page", [props.resModel, props.resId], {
                filters: this.query(props),
                cursor,
            })
        );
    }

    async load(props) {
        this.state.status = "loading";
        try {
            const page = await this.ask(props, false);
            Object.assign(this.state, page, { status: "ready" });
        } catch (error) {
            this.state.status = "failed";
            throw error;
        }
    }

    reload() {
        return this.load(this.props);
    }

    async loadMore() {
        this.state.status = "more";
        try {
            const page = await this.ask(this.props, this.state.cursor);
            this.state.entries.push(...page.entries);
            this.state.cursor = page.cursor;
        } finally {
            this.state.status = "ready";
        }
    }

    resetFilters() {
        Object.assign(this.filters, NO_FILTERS);
        return this.reload();
    }

    // --- showing ---

    get days() {
        const days = [];
        for (const entry of this.state.entries) {
            const moment = this.momentOf(entry);
            const key = moment.toISODate();
            if (days.at(-1)?.key !== key) {
                days.push({ key, label: this.dayLabel(moment), entries: [] });
            }
            days.at(-1).entries.push(entry);
        }
        return days;
    }

    momentOf(entry) {
        // What knows only its day is that day everywhere.
        return entry.is_day
            ? DateTime.fromSQL(entry.date)
            : deserializeDateTime(entry.date);
    }

    dayLabel(moment) {
        const days = Math.round(moment.startOf("day").diff(DateTime.now().startOf("day"), "days").days);
        if (days === 0) {
            return _t("Today");
        }
        if (days === -1) {
            return _t("Yesterday");
        }
        return `${moment.weekdayLong} · ${formatDate(moment)}`;
    }

    timeOf(entry) {
        return entry.is_day ? "" : formatDateTime(this.momentOf(entry), { format: "HH:mm" });
    }

    stars(entry) {
        return _t("%s of 5 stars", entry.stars);
    }

    // --- doing ---

    open(entry) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.model,
            res_id: entry.id,
            views: [[false, "form"]],
        });
    }

    onKeydown(ev) {
        const cards = [...this.list.el.querySelectorAll(".o_social_journey_open")];
        const here = cards.indexOf(document.activeElement);
        const to = {
            ArrowDown: here + 1,
            ArrowUp: here - 1,
            Home: 0,
            End: cards.length - 1,
        }[ev.key];
        if (here >= 0 && cards[to]) {
            ev.preventDefault();
            cards[to].focus();
        }
    }
}
