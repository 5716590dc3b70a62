using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Rtnetlink.RtNetlinkConstants;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Adds a routing rule that must not exist yet.</summary>
    public void AddRule(PolicyRuleSpec rule) => WriteRule(RTM_NEWRULE, CreateExclusive, "add rule", rule, toleratedErrno: 0);

    /// <summary>Removes a routing rule; one that is not there is not an error.</summary>
    public void RemoveRule(PolicyRuleSpec rule) => WriteRule(RTM_DELRULE, NetlinkFlags.None, "remove rule", rule, LinuxErrno.ENOENT);

    private void WriteRule(ushort message, NetlinkFlags flags, string operation, PolicyRuleSpec rule, int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(rule);
        NetlinkMessageWriter writer = _batch.Begin(message, flags, operation, $"{rule.Priority}", toleratedErrno);
        Span<byte> header = writer.WriteFamilyHeader(RouteHeaderSize);
        header[0] = Family(rule.Family);
        header[1] = (byte)(rule.To?.PrefixLength ?? 0);
        header[2] = (byte)(rule.From?.PrefixLength ?? 0);
        header[4] = rule.Table <= byte.MaxValue ? (byte)rule.Table : RT_TABLE_COMPAT;
        header[7] = FR_ACT_TO_TBL;
        writer.WriteAttribute(FRA_PRIORITY, rule.Priority);
        writer.WriteAttribute(FRA_TABLE, rule.Table);
        if (rule.Mark is { } mark)
        {
            writer.WriteAttribute(FRA_FWMARK, mark);
            writer.WriteAttribute(FRA_FWMASK, rule.MarkMask);
        }

        if (rule.From is { PrefixLength: > 0 } from)
        {
            WriteBytes(ref writer, FRA_SRC, from.BaseAddress);
        }

        if (rule.To is { PrefixLength: > 0 } to)
        {
            WriteBytes(ref writer, FRA_DST, to.BaseAddress);
        }

        if (rule.InputInterface is { } name)
        {
            writer.WriteString(FRA_IIFNAME, name);
        }

        _batch.End(ref writer);
    }
}
