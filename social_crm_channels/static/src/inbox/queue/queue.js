import { Component, onPatched, onWillPatch, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { BulkBar } from "./bulk_bar";
import { casesOf } from "./queue_model";
import { QueueRow } from "./queue_row";
import { QueueTools } from "./queue_tools";

const NEAR_END = 400; // pixels

/** The cases that wait, in the order they should be worked off. */
export class InboxQueue extends Component {
    static template = "social_crm_channels.InboxQueue";
    static components = { BulkBar, QueueRow, QueueTools };
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.ui = useService("ui");
        this.list = useRef("list");
        this.isHovered = false;
        this.place = null;
        this.queue.safeFrom = () => this.safeFrom();
        onWillPatch(() => this.rememberPlace());
        onPatched(() => this.restorePlace());
        useEffect(
            (key) => this.showCursor(key),
            () => [this.queue.cursorKey]
        );
    }

    get queue() {
        return this.store.queue;
    }

    // --- nothing moves under the reader's eyes -----------------------------------------------

    /** From which row on a new one moves nothing that can be seen. */
    safeFrom() {
        const list = this.list.el;
        if (!list || (!list.scrollTop && !this.isHovered)) {
            return 0;
        }
        const bottom = list.getBoundingClientRect().bottom;
        const rows = [...list.querySelectorAll(".o_social_queue_row:not([data-level='2'])")];
        const below = rows.findIndex((row) => row.getBoundingClientRect().top >= bottom);
        return below < 0 ? rows.length : below;
    }

    rememberPlace() {
        const list = this.list.el;
        this.place = null;
        if (list?.scrollTop) {
            const top = list.getBoundingClientRect().top;
            const row = [...list.querySelectorAll(".o_social_queue_row")].find(
                (one) => one.getBoundingClientRect().bottom > top
            );
            this.place = row && { key: row.dataset.key, top: row.getBoundingClientRect().top };
        }
    }

    restorePlace() {
        const row = this.place && this.rowElement(this.place.key);
        if (row) {
            this.list.el.scrollTop += row.getBoundingClientRect().top - this.place.top;
        }
    }

    rowElement(key) {
        return this.list.el?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    }

    showFresh() {
        this.queue.settle();
        this.place = null;
        this.list.el.scrollTop = 0;
    }

    onScroll() {
        const list = this.list.el;
        if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END) {
            this.queue.more();
        }
        if (!list.scrollTop && !this.isHovered) {
            this.queue.settle();
        }
    }

    onHover(isHovered) {
        this.isHovered = isHovered;
        if (!isHovered && !this.list.el?.scrollTop && this.queue.freshCount) {
            this.queue.settle();
        }
    }

    // --- rows --------------------------------------------------------------------------------

    /** The row the keys are at gets the focus, where the focus is in the list or nowhere. */
    showCursor(key) {
        const row = key && this.rowElement(key);
        if (!row) {
            return;
        }
        const active = document.activeElement;
        if (this.list.el.contains(active) || active === document.body) {
            if (!this.ui.isSmall || this.store.pane === "queue") {
                row.focus({ preventScroll: true });
            }
            row.scrollIntoView({ block: "nearest" });
        }
    }

    openRow(row) {
        this.queue.cursorKey = row.key;
        this.queue.anchorKey = row.key;
        if (row.kind === "post") {
            return this.queue.toggle(row);
        }
        return this.store.open(row.id);
    }

    isChosen(row) {
        return casesOf(row).every((id) => this.store.selection.has(id));
    }

    choose(row, isRange) {
        chooseRow(this.store, row, isRange);
    }

    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e6, End: 1e6 }[ev.key];
        if (step && !ev.ctrlKey && !ev.altKey && !ev.metaKey) {
            ev.preventDefault();
            this.queue.move(step);
        } else if (ev.key === " " && !ev.ctrlKey) {
            ev.preventDefault();
            this.store.run("choose");
        }
    }

    // --- empty states ------------------------------------------------------------------------

    get label() {
        const view = this.queue.views.find((one) => one.key === this.queue.query.view);
        return _t("Queue: %s", view?.label || "");
    }

    get freshLabel() {
        const count = this.queue.freshCount;
        return count === 1 ? _t("1 new") : _t("%s new", count);
    }

    get isUnconnected() {
        return this.queue.setup.has_channel === false;
    }

    /** A view where there is something to do, when this one is empty. */
    get otherView() {
        return this.queue.views.find(
            ({ key }) =>
                key !== this.queue.query.view &&
                ["unassigned", "all"].includes(key) &&
                this.queue.counts[key]
        );
    }

    clearFilters() {
        return this.queue.ask({ words: "", filters: {} });
    }

    connect() {
        return this.store.services.action.doAction("social_crm_base.social_crm_channel_action");
    }
}

/**
 * Choose a row or take it back; with `isRange` all rows from the last one chosen.
 */
export function chooseRow(store, row, isRange = false) {
    const { queue, selection } = store;
    const rows = queue.visible.filter((one) => one.row.kind !== "rest").map((one) => one.row);
    const here = rows.findIndex((one) => one.key === row.key);
    const from = rows.findIndex((one) => one.key === queue.anchorKey);
    const range =
        isRange && from >= 0 ? rows.slice(Math.min(from, here), Math.max(from, here) + 1) : [row];
    const isChosen = casesOf(row).every((id) => selection.has(id));
    for (const id of range.flatMap(casesOf)) {
        if (isChosen) {
            selection.delete(id);
        } else {
            selection.add(id);
        }
    }
    queue.anchorKey = row.key;
    queue.cursorKey = row.key;
}
