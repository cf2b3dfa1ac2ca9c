import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { browser } from "@web/core/browser/browser";

export const SEARCH_MS = 150;

const SOURCES = {
    saved: {
        label: _t("Saved answers"),
        empty: _t("No saved answer fits this customer and these words."),
        read: (store, placeId, search) => store.call("inbox_saved_answers", [placeId, search]),
        item: (one) => ({
            key: `saved-${one.id}`,
            label: one.shortcut,
            text: one.text,
            words: one.text,
            purpose: one.purpose,
            refusal: one.refusal,
            badges: [one.language, one.purpose === "marketing" && _t("Marketing")].filter(Boolean),
            answerId: one.id,
        }),
    },
    mention: {
        label: _t("People"),
        empty: _t("Nobody's handle begins so."),
        read: (store, placeId, search) => store.call("inbox_mentions", [placeId, search]),
        item: (one) => ({
            key: `mention-${one.id}`,
            icon: "fa-at",
            label: one.handle,
            text: one.name,
            words: `@${one.handle} `,
            mention: [one.id, one.handle],
        }),
    },
    colleague: {
        label: _t("Colleagues"),
        empty: _t("Nobody is called so."),
        read: (store, placeId, search) => store.call("inbox_colleagues", [search]),
        item: (one) => ({
            key: `colleague-${one.id}`,
            icon: "fa-user",
            label: one.name,
            text: "",
            words: `@${one.name} `,
            mention: [one.id, one.name],
        }),
    },
    insert: {
        label: _t("Put in"),
        empty: _t("Nothing fits: there is no such product, quotation or coupon."),
        read: (store, placeId, search) => store.call("inbox_insertables", [placeId, search]),
        item: (one) => ({
            key: one.key,
            icon: { product: "fa-cube", quotation: "fa-file-text-o", coupon: "fa-gift" }[one.kind],
            label: one.label,
            text: one.text,
            words: one.text,
            purpose: one.purpose,
            refusal: one.refusal,
            insertKey: one.key,
        }),
    },
};

/** The list above the text: what it offers, which is chosen, whether it is open at all. */
export class SuggestionsModel {
    constructor(store) {
        this.store = store;
        this.keepLast = new KeepLast();
        this.close();
    }

    get isOpen() {
        return Boolean(this.kind);
    }
    get label() {
        return this.kind ? SOURCES[this.kind].label : "";
    }
    get empty() {
        return this.kind ? SOURCES[this.kind].empty : "";
    }
    get chosen() {
        return this.items[this.active];
    }

    /**
     * Offer what fits, a moment after the last key.
     *
     * @param {string} kind saved, mention, colleague or insert
     * @param {number} placeId
     * @param {string} search
     */
    open(kind, placeId, search) {
        if (kind !== this.kind) {
            this.items = [];
        }
        Object.assign(this, { kind, isLoading: true });
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(async () => {
            const source = SOURCES[kind];
            const found = await this.keepLast.add(source.read(this.store, placeId, search));
            if (this.kind === kind) {
                Object.assign(this, { items: found.map(source.item), active: 0, isLoading: false });
            }
        }, SEARCH_MS);
    }

    close() {
        browser.clearTimeout(this.timer);
        Object.assign(this, { kind: null, items: [], active: 0, isLoading: false });
    }

    move(step) {
        const count = this.items.length;
        this.active = count ? (this.active + step + count) % count : 0;
    }
}
