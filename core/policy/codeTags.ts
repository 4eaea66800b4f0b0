import type { PolicyTag } from '../contracts/policy.ts';
import { findTag } from './matchSelector.ts';

/**
 * The marks by which a resource is known to be managed by infrastructure as code, by tool. Those that a tool sets by itself
 * come first; `pulumi:…` and the keys like `managed-by` are conventions, since Pulumi, and Terraform outside of Google
 * Cloud, set none. The CDK, SAM and the Serverless Framework deploy through CloudFormation and carry its tags.
 *
 * Azure's `hidden-…` tags are not among them: they hide from the portal whatever somebody tags so, and deployments by
 * ARM templates and Bicep leave none behind.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 * @see https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference (add_terraform_attribution_label)
 * @see https://cloud.google.com/config-connector/docs (label managed-by-cnrm)
 * @see https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-templates (tags azd-env-name, azd-service-name)
 * @see https://docs.crossplane.io (tags crossplane-kind, crossplane-name, crossplane-providerconfig)
 */
const TOOLS: readonly { tool: string; tags: readonly PolicyTag[] }[] = [
  { tool: 'CloudFormation', tags: [{ key: 'aws:cloudformation:*' }] },
  { tool: 'the AWS CDK', tags: [{ key: 'aws-cdk:*' }] },
  { tool: 'Terraform', tags: [{ key: 'goog-terraform-provisioned', value: 'true' }] },
  { tool: 'Config Connector', tags: [{ key: 'managed-by-cnrm', value: 'true' }] },
  { tool: 'Deployment Manager', tags: [{ key: 'goog-dm' }] },
  {
    tool: 'the Azure Developer CLI',
    tags: [{ key: 'azd-env-name' }, { key: 'azd-service-name' }],
  },
  {
    tool: 'Crossplane',
    tags: [
      { key: 'crossplane-kind' },
      { key: 'crossplane-name' },
      { key: 'crossplane-providerconfig' },
    ],
  },
  { tool: 'Pulumi', tags: [{ key: 'pulumi:*' }, ...managedBy('pulumi')] },
  {
    tool: 'Terraform',
    tags: [
      ...managedBy('terraform'),
      { key: 'terraform', value: 'true' },
      { key: 'provisioner', value: 'terraform' },
    ],
  },
  {
    tool: 'OpenTofu',
    tags: [...managedBy('opentofu'), { key: 'opentofu', value: 'true' }, ...managedBy('tofu')],
  },
  { tool: 'CloudFormation', tags: managedBy('cloudformation') },
  { tool: 'the CDK', tags: managedBy('cdk') },
  { tool: 'Bicep', tags: [...managedBy('bicep'), ...managedBy('arm')] },
];

function managedBy(tool: string): PolicyTag[] {
  return ['managed-by', 'managed_by', 'managedby'].map((key) => ({ key, value: tool }));
}

/**
 * Which tool manages a resource with these tags, and the tag that says so; undefined where none does. `more` are marks of
 * one's own.
 */
export function findCodeTag(
  tags: Readonly<Record<string, string>>,
  more: readonly PolicyTag[],
): { tool: string; tag: string } | undefined {
  for (const { tool, tags: marks } of [...TOOLS, { tool: 'infrastructure as code', tags: more }]) {
    const tag = findTag(marks, tags);
    if (tag !== undefined) return { tool, tag };
  }
  return undefined;
}
