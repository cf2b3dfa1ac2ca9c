import { Component, useRef, useState } from "@odoo/owl";
import { CheckboxItem } from "@web/core/dropdown/checkbox_item";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useBus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

import { SaveFilterDialog } from "./save_filter_dialog";

const TABS = 3;
const TYPING_MS = 300;

/** What the queue shows: view, words, filters, order, and what is kept of it. */
export class QueueTools extends Component {
    static template = "social_crm_channels.QueueTools";
    static components = { CheckboxItem, Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.search = useRef("search");
        this.onType = useDebounced((words) => this.queue.ask({ words }), TYPING_MS);
        useBus(this.store.bus, "focus-search", () => {
            this.store.pane = "queue";
            this.search.el.focus();
            this.search.el.select();
        });
    }

    get queue() {
        return this.store.queue;
    }
    get tabs() {
        return this.queue.views.slice(0, TABS);
    }
    get otherViews() {
        return this.queue.views.slice(TABS);
    }
    get otherView() {
        return this.otherViews.find((view) => view.key === this.queue.query.view);
    }
    get hasOverdue() {
        return Boolean(this.queue.counts.overdue);
    }
    get saved() {
        return this.queue.saved.find((one) => one.id === this.queue.savedId);
    }
    get sortLabel() {
        return this.queue.sorts.find((one) => one.key === this.queue.query.sort)?.label || "";
    }

    /** The filters in force, each with what it says. */
    get chips() {
        const facets = this.queue.facets || [];
        return Object.entries(this.queue.query.filters).flatMap(([key, values]) =>
            values.map((value) => {
                const facet = facets.find((one) => one.key === key);
                const option = facet?.options.find((one) => one.value === value);
                return { key, value, facet: facet?.label || "", label: option?.label || value };
            })
        );
    }

    async onFilterOpened() {
        await this.queue.loadFacets();
    }
    isOn(key, value) {
        return Boolean(this.queue.query.filters[key]?.includes(value));
    }
    toggleFilter(key, value) {
        const values = this.queue.query.filters[key] || [];
        const changed = values.includes(value)
            ? values.filter((one) => one !== value)
            : [...values, value];
        return this.queue.ask({ filters: { ...this.queue.query.filters, [key]: changed } });
    }

    onSearchKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            if (ev.target.value) {
                ev.target.value = "";
                this.queue.ask({ words: "" });
            } else {
                ev.target.blur();
            }
        } else if (ev.key === "ArrowDown" || ev.key === "Enter") {
            ev.preventDefault();
            ev.target.blur();
            document.querySelector(".o_social_queue_row[tabindex='0']")?.focus();
        }
    }

    save() {
        this.store.services.dialog.add(SaveFilterDialog, { queue: this.queue });
    }
}
