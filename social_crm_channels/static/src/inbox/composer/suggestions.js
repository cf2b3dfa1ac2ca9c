import { Component, useEffect, useRef } from "@odoo/owl";

/**
 * What one can choose while writing: saved answers, people, things of other apps. The text keeps
 * the focus; the composer hands the keys on.
 */
export class ComposerSuggestions extends Component {
    static template = "social_crm_channels.ComposerSuggestions";
    static props = {
        id: String,
        label: String,
        items: Array,
        active: Number,
        isLoading: { type: Boolean, optional: true },
        choose: Function,
        empty: { type: String, optional: true },
    };

    setup() {
        const list = useRef("list");
        useEffect(
            (active) => {
                list.el?.children[active]?.scrollIntoView({ block: "nearest" });
            },
            () => [this.props.active, this.props.items]
        );
    }
}
