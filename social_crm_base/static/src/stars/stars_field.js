import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A review's stars as they were given, halves included; nothing where none were. */
export class StarsField extends Component {
    static template = "social_crm_base.StarsField";
    static props = { ...standardFieldProps };

    get rating() {
        return this.props.record.data[this.props.name];
    }
    get label() {
        return _t("%(rating)s of 5 stars", { rating: this.rating });
    }
    icon(star) {
        const full = this.rating - star;
        return full >= 0 ? "fa-star" : full >= -0.5 ? "fa-star-half-o" : "fa-star-o";
    }
}

registry.category("fields").add("social_stars", {
    component: StarsField,
    displayName: _t("Stars"),
    supportedTypes: ["float"],
});
