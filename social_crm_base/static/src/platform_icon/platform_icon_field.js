import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The network's icon instead of its name; the name is its text for those who cannot see it. */
export class PlatformIconField extends Component {
    static template = "social_crm_base.PlatformIconField";
    static props = { ...standardFieldProps, size: { type: Number, optional: true } };
    static defaultProps = { size: 20 };

    get name() {
        return this.props.record.data[this.props.name]?.display_name;
    }
    get icon() {
        return this.props.record.data.platform_icon;
    }
}

registry.category("fields").add("social_platform_icon", {
    component: PlatformIconField,
    displayName: _t("Network Icon"),
    supportedTypes: ["many2one"],
    supportedOptions: [{ label: _t("Size"), name: "size", type: "number" }],
    fieldDependencies: [{ name: "platform_icon", type: "char", readonly: true }],
    extractProps: ({ options }) => ({ size: options.size }),
});
