using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

/// <summary>What the kernel makes of netfilter messages: batches of changes to packet rules, questions about them, and questions about flows, of which there are none.</summary>
internal static partial class NetfilterFamily
{
    public static void Handle(FakeNamespace inside, ReadOnlySpan<byte> messages, Answers answers)
    {
        FakeRuleset changed = inside.Ruleset.Copy();
        bool isRefused = false, isBatch = false;
        Answers acknowledgements = answers;
        List<(uint Sequence, ushort Type)> done = [];
        NetlinkMessageReader reader = new(messages);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (message.Type is NFNL_MSG_BATCH_BEGIN or NFNL_MSG_BATCH_END)
            {
                isBatch = true;
                continue;
            }

            if (!isBatch)
            {
                Answer(inside, message, answers);
                continue;
            }

            int errno = Change(changed, message);
            isRefused |= errno != 0;
            if (errno != 0)
            {
                acknowledgements.AddAcknowledgement(message, errno);
            }
        }

        if (!isBatch || isRefused)
        {
            return;   // an aborted batch ends with silence
        }

        changed.Generation++;
        inside.Ruleset = changed;
        reader = new NetlinkMessageReader(messages);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if ((message.Flags & NetlinkFlags.Ack) != 0)
            {
                acknowledgements.AddAcknowledgement(message, errno: 0);
            }
        }
    }

    private static void Answer(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        bool isDump = (message.Flags & NetlinkFlags.Dump) == NetlinkFlags.Dump;
        int errno = message.Type >> 8 == NFNL_SUBSYS_NFTABLES ? Tell(inside.Ruleset, message, isDump, answers) : 0;
        if (isDump && errno == 0)
        {
            answers.AddDone(message.Sequence);
        }
        else if (errno != 0 || (message.Flags & NetlinkFlags.Ack) != 0)
        {
            answers.AddAcknowledgement(message, errno);
        }
    }

    private static List<(ushort Type, byte[] Value)> Read(in NetlinkMessage message)
    {
        List<(ushort Type, byte[] Value)> found = [];
        NetlinkAttributeReader attributes = message.Attributes(SizeOfNfGen);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            found.Add((attribute.Type, attribute.Payload.ToArray()));
        }

        return found;
    }

    private static string? Text(List<(ushort Type, byte[] Value)> attributes, ushort type)
        => attributes.Find(attribute => attribute.Type == type).Value is { } value ? System.Text.Encoding.UTF8.GetString(value).TrimEnd('\0') : null;
}
