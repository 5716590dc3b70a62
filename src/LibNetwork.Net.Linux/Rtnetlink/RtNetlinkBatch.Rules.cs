using System.Net;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Adds a routing rule; the same rule is an error (<see cref="LinuxErrno.EEXIST"/>).</summary>
    public void AddRule(PolicyRuleSpec spec) => WriteRule(RtNetlinkConstants.RTM_NEWRULE, CreateNew, "add rule", spec, toleratedErrno: 0);

    /// <summary>Removes the first routing rule that matches; one that is not there is not an error.</summary>
    public void RemoveRule(PolicyRuleSpec spec)
        => WriteRule(RtNetlinkConstants.RTM_DELRULE, NetlinkFlags.None, "remove rule", spec, LinuxErrno.ENOENT);

    private void WriteRule(ushort type, NetlinkFlags flags, string operation, PolicyRuleSpec spec, int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = _batch.BeginAbout(type, flags, operation, spec, link: 0, toleratedErrno);
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.RuleHeaderSize);
        header[0] = Family(spec.Family);
        header[1] = (byte)(spec.To?.PrefixLength ?? 0);
        header[2] = (byte)(spec.From?.PrefixLength ?? 0);
        header[4] = spec.Table <= byte.MaxValue ? (byte)spec.Table : RtNetlinkConstants.RT_TABLE_UNSPEC;
        header[7] = RtNetlinkConstants.FR_ACT_TO_TBL;
        WritePrefix(ref writer, RtNetlinkConstants.FRA_DST, spec.To);
        WritePrefix(ref writer, RtNetlinkConstants.FRA_SRC, spec.From);
        if (spec.InputInterface is { } name)
        {
            writer.WriteString(RtNetlinkConstants.FRA_IIFNAME, name);
        }

        WriteNumber(ref writer, RtNetlinkConstants.FRA_PRIORITY, spec.Priority);
        WriteNumber(ref writer, RtNetlinkConstants.FRA_FWMARK, spec.Mark);
        WriteNumber(ref writer, RtNetlinkConstants.FRA_FWMASK, spec.Mask);
        if (spec.Table > byte.MaxValue)
        {
            writer.WriteAttribute(RtNetlinkConstants.FRA_TABLE, spec.Table);
        }

        _batch.End(ref writer);
    }

    private static void WritePrefix(ref NetlinkMessageWriter writer, ushort type, IPNetwork? prefix)
    {
        if (prefix is { PrefixLength: > 0 } network)
        {
            WriteAddress(ref writer, type, network.BaseAddress);
        }
    }

    private static void WriteNumber(ref NetlinkMessageWriter writer, ushort type, uint? value)
    {
        if (value is { } number)
        {
            writer.WriteAttribute(type, number);
        }
    }
}
